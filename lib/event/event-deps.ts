import type { Pauses } from '../contended.ts'
import type { DomainEvents } from '../domain-event/domain-event.ts'
import type { Endings } from '../ending/ending.ts'
import type { HistoryStore } from '../history/history-store.ts'
import type { ParticipantStore } from '../participant/participant-store.ts'
import type { RosterStore } from '../roster/roster-store.ts'
import type { StageArns } from '../stage/stage-arns.ts'
import type { StageStore } from '../stage/stage-store.ts'
import type { SweepRequests } from '../sweep/sweep-requests.ts'
import type { Clock } from '../time.ts'

export interface EventDeps extends Pauses {
  readonly arns: Pick<StageArns, 'find'>
  readonly stages: Pick<StageStore, 'get'>
  readonly participants: Pick<ParticipantStore, 'load' | 'save' | 'end'>
  readonly rosters: RosterStore
  readonly history: HistoryStore
  readonly endings: Pick<Endings, 'send'>
  readonly events: DomainEvents
  readonly sweeps: Pick<SweepRequests, 'soon'>
  /** How long history is kept, in seconds. */
  readonly historySeconds: number
  /** Whoever is seen for the first time is told of as let in. */
  readonly tellsGrants: boolean
  readonly clock: Clock
}
