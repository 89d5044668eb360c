import type { IVSRealTimeClient } from '@aws-sdk/client-ivs-realtime'

/** An error as the SDK throws it. */
export const awsError = (name: string, status = 400): Error =>
  Object.assign(new Error('upstream text that nobody may repeat'), { name, $metadata: { httpStatusCode: status } })

type Reply = (input: Readonly<Record<string, unknown>>) => unknown

/** A client whose every operation answers what the test says, or throws it where that is an error. */
export function ivsAnswering(replies: Readonly<Record<string, Reply>>) {
  const sent: { readonly operation: string; readonly input: Readonly<Record<string, unknown>> }[] = []
  const send = async (command: {
    readonly constructor: { readonly name: string }
    readonly input: Record<string, unknown>
  }) => {
    const operation = command.constructor.name.replace(/Command$/, '')
    sent.push({ operation, input: command.input })
    const answer = replies[operation]?.(command.input)
    if (answer instanceof Error) throw answer
    return answer ?? {}
  }
  return {
    sent,
    operations: () => sent.map(({ operation }) => operation),
    client: { send } as unknown as IVSRealTimeClient,
  }
}
