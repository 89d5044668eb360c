import type { Config } from '../config/config.ts'
import { Fault } from '../fault.ts'
import { decideGrant, type PolicyRefusal } from '../grant/decide-grant.ts'
import type { RequestLog } from '../http/request-log.ts'
import type { StageId } from '../ids.ts'
import type { LiveStages } from '../ivs/live-stages.ts'
import type { Caller } from '../login/caller.ts'
import { standingOf } from '../participant/admission.ts'
import type { ParticipantStore } from '../participant/participant-store.ts'
import type { Refusal } from '../refusal.ts'
import { ok, type Result, refuse } from '../result.ts'
import type { SeatStore } from '../seat/seat-store.ts'
import { seatsKeyOf } from '../seat/seat-wish.ts'
import { takenIn } from '../seat/seats.ts'
import { type EpochMs, isoOfMs, secondsOf } from '../time.ts'
import { rulesOf } from './rules.ts'
import type { Stage } from './stage.ts'
import type { StageAnswer } from './stage-answer.schema.ts'
import type { StageReader } from './stage-cache.ts'
import { PULSE_MS, type Pulse, type PulseStore } from './stage-pulse.ts'
import { visibleStage } from './visible-stage.ts'

export interface ReadStageDeps {
  readonly stages: StageReader
  readonly participants: Pick<ParticipantStore, 'load'>
  readonly seats: Pick<SeatStore, 'load'>
  readonly pulses: PulseStore
  readonly liveStages: LiveStages
  readonly config: Pick<Config, 'roles' | 'durations'>
}

export interface ReadStageCall {
  readonly stageId: StageId
  readonly caller: Caller
  readonly now: EpochMs
  readonly log: RequestLog
}

/** What goes on on a stage, for anyone who could join it now; admins see every stage within their prefix. */
export async function readStage(
  deps: ReadStageDeps,
  call: ReadStageCall,
): Promise<Result<StageAnswer, Refusal | PolicyRefusal['refusal']>> {
  const found = await visibleStage(deps.stages, call.caller, call.stageId)
  if (!found.ok) return found
  const stage = found.value
  const { caller, now } = call
  const record = await deps.participants.load({ stageUid: stage.uid, userId: caller.userId })
  const decided = decideGrant(rulesOf(stage, deps.config), caller, standingOf(record), {}, secondsOf(now))
  if (!decided.ok && !caller.isAdmin) {
    call.log.note({ rule: decided.refusal.rule })
    return refuse(decided.refusal.refusal)
  }
  const [seats, pulse] = await Promise.all([deps.seats.load(seatsKeyOf(stage)), pulseOf(deps, stage, now)])
  const taken = seats === undefined ? 0 : takenIn(seats)
  const right = decided.ok ? decided.value.right : undefined
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
