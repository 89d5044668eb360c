import * as sdk from '@aws-sdk/client-ivs-realtime'

type Send = (command: unknown) => Promise<Record<string, unknown>>
type Command = new (input: object) => unknown

/** What an operation answered through the official client: its output without metadata, or the error as an app sees it. */
export interface Outcome {
  readonly output?: Readonly<Record<string, unknown>>
  readonly error?: { readonly name: string; readonly status: number | undefined; readonly text: string }
}

export async function outcomeOf(client: sdk.IVSRealTimeClient, operation: string, input: object): Promise<Outcome> {
  const command = (sdk as unknown as Record<string, Command>)[`${operation}Command`]
  if (!command) throw new Error(`the SDK knows no ${operation}`)
  try {
    const { $metadata: _, ...output } = await (client.send.bind(client) as unknown as Send)(new command(input))
    return { output }
  } catch (error) {
    if (!(error instanceof sdk.IVSRealTimeServiceException)) throw error
    const { name, $metadata } = error
    const text = 'exceptionMessage' in error ? String(error.exceptionMessage) : error.message
    return { error: { name, status: $metadata.httpStatusCode, text } }
  }
}
