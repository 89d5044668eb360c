import type { PolicyRefusal } from '../grant/decide-grant.ts'
import type { Refusal } from '../refusal.ts'
import { ok, type Result } from '../result.ts'
import { emptyRoster } from '../roster/roster.ts'
import type { RosterStore } from '../roster/roster-store.ts'
import type { SeatStore } from '../seat/seat-store.ts'
import { seatsKeyOf } from '../seat/seat-wish.ts'
import { takenIn } from '../seat/seats.ts'
import { isoOfMs } from '../time.ts'
import { type Look, type LookingDeps, lookAt } from './looking.ts'
import type { StageAnswer } from './stage-answer.schema.ts'

export interface ReadStageDeps extends LookingDeps {
  readonly seats: Pick<SeatStore, 'load'>
  readonly rosters: Pick<RosterStore, 'load'>
}

/** What goes on on a stage, for anyone who could join it now; admins see every stage within their prefix. */
export async function readStage(
  deps: ReadStageDeps,
  call: Look,
): Promise<Result<StageAnswer, Refusal | PolicyRefusal['refusal']>> {
  const looked = await lookAt(deps, call)
  if (!looked.ok) return looked
  const { stage, right } = looked.value
  const key = seatsKeyOf(stage)
  const [seats, known] = await Promise.all([deps.seats.load(key), deps.rosters.load(key)])
  const roster = known ?? emptyRoster(stage.createdAt, stage.generation.number)
  const taken = seats === undefined ? 0 : takenIn(seats)
  return ok({
    stageId: stage.stageId,
    ...(call.caller.isAdmin && { stageArn: stage.generation.stageArn }),
    ...(stage.name !== undefined && { name: stage.name }),
    access: stage.access,
    live: roster.sessionId !== undefined,
    publishers: roster.entries.filter(({ publishing }) => publishing).length,
    ...(roster.audience !== undefined && { audience: roster.audience }),
    seats: stage.seats,
    seatsFree: Math.max(0, stage.seats - taken),
    asOf: isoOfMs(roster.asOf),
    // An admin without a right on the stage may look at it and join it as nobody.
    you: { role: right?.role ?? 'none', capabilities: [...(right?.capabilities ?? [])] },
  })
}
