import { GetStageCommand, type IVSRealTimeClient } from '@aws-sdk/client-ivs-realtime'
import { isNotFound, ivsFault } from './ivs-fault.ts'

/** A stage that is gone, or has no session, has nobody on it. Throws `Fault`: `quota_backoff`, `ivs_error`. */
export async function activeSession(
  client: Pick<IVSRealTimeClient, 'send'>,
  stageArn: string,
): Promise<string | undefined> {
  try {
    return (await client.send(new GetStageCommand({ arn: stageArn }))).stage?.activeSessionId
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw ivsFault(error, 'GetStage')
  }
}
