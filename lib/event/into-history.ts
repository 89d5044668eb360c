import type { HistoryEntry, HistoryStore } from '../history/history-store.ts'
import type { Sighted } from '../participant/sighting.ts'
import type { StageOfArn } from '../stage/stage-arns.ts'
import type { StageEvent } from './stage-event.ts'

interface HistoryDeps {
  readonly history: Pick<HistoryStore, 'append'>
  readonly historySeconds: number
}

type ParticipantEvent = Extract<StageEvent, { participantId: string }>
type CompositionEvent = Extract<StageEvent, { kind: 'composition' }>

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
    ...(event.kind === 'composition' && { subject: subjectOf(event) }),
  }
  const { sessionId = NO_SESSION } = event as Partial<ParticipantEvent>
  await history.append(stageUid, sessionId, entry, historySeconds)
}

/** A stage may have several compositions, and each several destinations, which begin and end together. */
const subjectOf = ({ compositionArn, destinationId }: CompositionEvent): string =>
  [compositionArn.split('/').at(-1), destinationId].filter((part) => part !== undefined).join('.')

function nameOf(event: StageEvent): string {
  if (event.kind === 'recording') return `recording: ${event.name}`
  if (event.kind === 'composition') return `composition: ${event.name}`
  return event.kind === 'unknown' ? `unknown: ${event.name ?? event.detailType}` : event.kind
}
