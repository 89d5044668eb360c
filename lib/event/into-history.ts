import type { HistoryEntry, HistoryStore } from '../history/history-store.ts'
import type { Sighted } from '../participant/sighting.ts'
import type { StageOfArn } from '../stage/stage-arns.ts'
import { saidBy } from './said.ts'
import type { StageEvent } from './stage-event.ts'

interface HistoryDeps {
  readonly history: Pick<HistoryStore, 'append'>
  readonly historySeconds: number
}

type ParticipantEvent = Extract<StageEvent, { participantId: string }>

/** History of what belongs to no session of its own. */
const NO_SESSION = '-'

/** Once, however often the event comes. Its user is believed only of a participant that is ours. Throws `Fault`. */
export async function intoHistory(
  { history, historySeconds }: HistoryDeps,
  { stageUid }: StageOfArn,
  event: StageEvent,
  seen: Sighted | undefined,
): Promise<void> {
  const { participantId } = event as Partial<ParticipantEvent>
  const isOurs = seen !== undefined && seen.kind !== 'unmanaged'
  const userId = isOurs ? (event as ParticipantEvent).userId : undefined
  const errorCode = 'errorCode' in event ? event.errorCode : undefined
  const entry: HistoryEntry = {
    at: event.at,
    name: nameOf(event),
    ...(participantId !== undefined && { participantId }),
    ...(userId !== undefined && { userId }),
    ...(errorCode !== undefined && { errorCode }),
    said: saidBy(event),
  }
  const { sessionId = NO_SESSION } = event as Partial<ParticipantEvent>
  await history.append(stageUid, sessionId, entry, historySeconds)
}

function nameOf(event: StageEvent): string {
  if (event.kind === 'recording') return `recording: ${event.name}`
  if (event.kind === 'composition') return `composition: ${event.name}`
  return event.kind === 'unknown' ? `unknown: ${event.name ?? event.detailType}` : event.kind
}
