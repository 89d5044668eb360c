import type { Pauses } from '../contended.ts'
import type { DomainEvents } from '../domain-event/domain-event.ts'
import type { Endings } from '../ending/ending.ts'
import type { HistoryStore } from '../history/history-store.ts'
import type { Census } from '../ivs/census.ts'
import type { ParticipantStore } from '../participant/participant-store.ts'
import type { RosterStore } from '../roster/roster-store.ts'
import type { SeatStore } from '../seat/seat-store.ts'
import type { StageOfArn } from '../stage/stage-arns.ts'
import type { StageStore } from '../stage/stage-store.ts'
import type { Clock } from '../time.ts'
import type { PresentStore } from './present-store.ts'
import type { SweepRequests } from './sweep-requests.ts'

export interface SweepDeps extends Pauses {
  readonly census: Omit<Census, 'stages'>
  readonly stages: Pick<StageStore, 'get'>
  readonly participants: Pick<ParticipantStore, 'load' | 'save' | 'end'>
  readonly rosters: RosterStore
  readonly present: PresentStore
  readonly seats: Pick<SeatStore, 'load' | 'save'>
  readonly history: Pick<HistoryStore, 'noteSession'>
  readonly endings: Pick<Endings, 'send'>
  readonly events: DomainEvents
  readonly sweeps: Pick<SweepRequests, 'soon'>
  readonly historySeconds: number
  /** Whoever is seen for the first time is told of as let in. */
  readonly tellsGrants: boolean
  readonly seatLeaseSeconds: number
  readonly clock: Clock
}

/** A stage to be swept. */
export interface SweepTarget {
  readonly stage: StageOfArn
  readonly stageArn: string
  /** Absent: its session has ended. */
  readonly sessionId?: string
  /** How many publishers IVS is asked about even where nothing is in doubt. */
  readonly asks: number
}
