import { Fault } from '../fault.ts'
import type { PolicyRefusal } from '../grant/decide-grant.ts'
import type { LiveStages } from '../ivs/live-stages.ts'
import type { Refusal } from '../refusal.ts'
import { ok, type Result } from '../result.ts'
import type { SeatStore } from '../seat/seat-store.ts'
import { seatsKeyOf } from '../seat/seat-wish.ts'
import { takenIn } from '../seat/seats.ts'
import { type EpochMs, isoOfMs } from '../time.ts'
import { type Look, type LookingDeps, lookAt } from './looking.ts'
import type { Stage } from './stage.ts'
import type { StageAnswer } from './stage-answer.schema.ts'
import { PULSE_MS, type Pulse, type PulseStore } from './stage-pulse.ts'

export interface ReadStageDeps extends LookingDeps {
  readonly seats: Pick<SeatStore, 'load'>
  readonly pulses: PulseStore
  readonly liveStages: LiveStages
}

/** What goes on on a stage, for anyone who could join it now; admins see every stage within their prefix. */
export async function readStage(
  deps: ReadStageDeps,
  call: Look,
): Promise<Result<StageAnswer, Refusal | PolicyRefusal['refusal']>> {
  const looked = await lookAt(deps, call)
  if (!looked.ok) return looked
  const { stage, right } = looked.value
  const { caller, now } = call
  const [seats, pulse] = await Promise.all([deps.seats.load(seatsKeyOf(stage)), pulseOf(deps, stage, now)])
  const taken = seats === undefined ? 0 : takenIn(seats)
  return ok({
    stageId: stage.stageId,
    ...(caller.isAdmin && { stageArn: stage.generation.stageArn }),
    ...(stage.name !== undefined && { name: stage.name }),
    access: stage.access,
    live: pulse.live,
    publishers: taken,
    seats: stage.seats,
    seatsFree: Math.max(0, stage.seats - taken),
    asOf: isoOfMs(pulse.asOf),
    // An admin without a right on the stage may look at it and join it as nobody.
    you: { role: right?.role ?? 'none', capabilities: [...(right?.capabilities ?? [])] },
  })
}

/** At most so old, unless IVS does not answer: then as old as it says. */
async function pulseOf(deps: ReadStageDeps, stage: Stage, now: EpochMs): Promise<Pulse> {
  const key = seatsKeyOf(stage)
  const last = await deps.pulses.load(key)
  if (last !== undefined && last.asOf > now - PULSE_MS) return last
  const unknown = last ?? { live: false, asOf: stage.createdAt }
  if (!(await deps.pulses.claim(key, now))) return unknown
  try {
    const pulse = { live: await deps.liveStages.isLive(stage.generation.stageArn), asOf: now }
    await deps.pulses.save(key, pulse)
    return pulse
  } catch (error) {
    if (error instanceof Fault && error.code !== 'storage_unavailable') return unknown
    throw error
  }
}
