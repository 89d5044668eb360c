import type { ParticipantId, UserId } from '../ids.ts'
import type { SeatsKey } from '../seat/seats.ts'
import type { EpochMs } from '../time.ts'

/** Someone who was connected when IVS was last asked about everyone. */
export interface PresentPerson {
  readonly participantId: ParticipantId
  /** Only of a participant that we minted. */
  readonly userId?: UserId
  /** IVS was asked what they do, and the roster does not say so: it is not asked again before. */
  readonly askFrom?: EpochMs
}

/** What one call of a sweep found. */
export interface PresentPage {
  readonly at: EpochMs
  readonly people: readonly PresentPerson[]
  /** The number of the page after it, while there is one. */
  readonly next?: number
}

/** Who was connected at the last sweep of a stage, a page a call, from 0. */
export interface PresentStore {
  page(key: SeatsKey, number: number): Promise<PresentPage | undefined>
  /** Replaces all pages by those of this sweep. */
  replace(key: SeatsKey, pages: readonly PresentPage[]): Promise<void>
}
