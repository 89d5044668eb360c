import type { Config } from '../config/config.ts'
import type { DomainEvents } from '../domain-event/domain-event.ts'
import type { StageUid } from '../ids.ts'
import type { IvsStages } from '../ivs/ivs-stages.ts'
import type { Caller } from '../login/caller.ts'
import type { Refusal } from '../refusal.ts'
import { ok, type Result, refuse } from '../result.ts'
import type { SeatStore } from '../seat/seat-store.ts'
import type { StageStore } from '../stage/stage-store.ts'

export interface StagesDeps {
  readonly stages: StageStore
  readonly seats: Pick<SeatStore, 'open'>
  readonly ivs: IvsStages
  readonly events: DomainEvents
  readonly config: Pick<Config, 'roles' | 'durations' | 'issuers'>
  /** The value of the tag that marks this deployment's IVS stages. */
  readonly deployment: string
  /** Lower-case letters and digits that nobody can guess and that are never the same. */
  readonly newName: () => string
}

export const newUid = (deps: StagesDeps): StageUid => deps.newName() as StageUid

/** Admins, and within their issuer's prefix only: outside of it no stage exists. */
export function asAdmin(caller: Caller, stageId?: string): Result<true, Refusal> {
  if (!caller.isAdmin) return refuse({ code: 'not_an_admin' })
  if (stageId !== undefined && !stageId.startsWith(caller.stageIdPrefix)) return refuse({ code: 'stage_not_found' })
  return ok(true)
}
