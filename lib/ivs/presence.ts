import type { ParticipantId } from '../ids.ts'

/**
 * Asks IVS who of `ids` is connected to a stage right now. Costs one call and one more a participant, of five a second for
 * the whole account: for decisions that cannot be made without, never for every request.
 * Throws `Fault`: `quota_backoff`, `ivs_error`.
 */
export interface Presence {
  connected(stageArn: string, ids: readonly ParticipantId[]): Promise<ReadonlySet<ParticipantId>>
}
