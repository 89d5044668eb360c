import type { Config } from '../config/config.ts'
import type { DisconnectQueue } from '../disconnect/disconnects.ts'
import { disconnectsOf } from '../disconnect/disconnects-of.ts'
import type { PolicyRefusal } from '../grant/decide-grant.ts'
import type { Grant } from '../grant/grant.ts'
import { MODERATOR_RANK } from '../grant/role.ts'
import type { RequestLog } from '../http/request-log.ts'
import type { StageId } from '../ids.ts'
import type { Caller } from '../login/caller.ts'
import { type Admitted, admitCaller } from '../participant/admission.ts'
import type { ParticipantStore } from '../participant/participant-store.ts'
import type { RoleMemory } from '../participant/role-memory.ts'
import type { Participant, UserKey } from '../participant/user-record.ts'
import type { Refusal } from '../refusal.ts'
import { ok, type Result, refuse } from '../result.ts'
import type { SeatDesk } from '../seat/seat-desk.ts'
import { publishes, seatsKeyOf, seatWishOf } from '../seat/seat-wish.ts'
import { rulesOf } from '../stage/rules.ts'
import type { Stage } from '../stage/stage.ts'
import type { StageReader } from '../stage/stage-cache.ts'
import { visibleStage } from '../stage/visible-stage.ts'
import { type EpochMs, secondsOf } from '../time.ts'
import type { TokenAnswer } from '../token/token-answer.schema.ts'
import type { TokenMaker } from '../token/token-maker.ts'
import { currentEndpoints } from '../token/token-maker.ts'
import type { JoinRequest } from './join.schema.ts'
import { drafter, slotOf } from './minting.ts'
import { replay } from './replay.ts'
import { signedAnswer, vendedAnswer } from './token-of-join.ts'

export interface JoinDeps {
  readonly stages: StageReader
  readonly participants: ParticipantStore
  readonly memory: RoleMemory
  readonly seats: SeatDesk
  readonly tokens: TokenMaker
  readonly disconnects: DisconnectQueue
  readonly config: Pick<Config, 'roles' | 'durations' | 'limits'>
  /** A CSPRNG's. */
  readonly randomBytes: (size: number) => Uint8Array
}

export interface JoinCall {
  readonly stageId: StageId
  readonly caller: Caller
  readonly request: JoinRequest
  readonly idempotencyKey?: string
  readonly now: EpochMs
  readonly log: RequestLog
}

/** A join on its way: what is known once the stage has been found. */
export interface Joining extends JoinCall {
  readonly stage: Stage
  readonly key: UserKey
}

export interface Joined {
  readonly answer: TokenAnswer
  readonly replayed: boolean
}

/** Why not. A login can be too short-lived for any token of it; that alone is answered as the login's own refusal. */
export type JoinRefusal = Refusal | PolicyRefusal['refusal']

/**
 * Makes the caller a participant: finds the stage, lets policy and store agree on a grant in one write, takes a seat for a
 * publisher, and only then makes the token. Whatever fails before the token leaves nothing that counts against the user.
 */
export async function joinStage(deps: JoinDeps, call: JoinCall): Promise<Result<Joined, JoinRefusal>> {
  const found = await call.log.time('stage', () => visibleStage(deps.stages, call.caller, call.stageId))
  if (!found.ok) return found
  const stage = found.value
  const joining: Joining = { ...call, stage, key: { stageUid: stage.uid, userId: call.caller.userId } }

  const admitted = await call.log.time('admit', () => admission(deps, joining))
  if (!admitted.ok) {
    call.log.note({ rule: admitted.refusal.rule })
    return refuse(admitted.refusal.refusal)
  }
  call.log.note({ rule: 'granted', source: admitted.value.grant.right.source })
  if (admitted.value.kind === 'replay') return replay(deps, joining, admitted.value)
  call.log.note({ path: admitted.value.path })
  return minted(deps, joining, admitted.value)
}

async function admission(deps: JoinDeps, joining: Joining) {
  const { stage, caller, request, now } = joining
  const { mintsPerMinute, unexpiredIds } = deps.config.limits
  const keyId = deps.tokens.mode === 'key-pair' ? (await deps.tokens.signer.keys()).current : undefined
  const draft = drafter({
    key: joining.key,
    generation: stage.generation.number,
    request,
    ...(joining.idempotencyKey !== undefined && { idempotencyKey: joining.idempotencyKey }),
    endpointsVersion: currentEndpoints(stage).version,
    ...(keyId !== undefined && { keyId }),
    randomBytes: deps.randomBytes,
    now,
  })
  return admitCaller(deps, {
    key: joining.key,
    generation: stage.generation.number,
    rules: rulesOf(stage, deps.config),
    caller,
    request,
    limits: { mintsPerMinute, unexpiredIds, session: stage.sessionPolicy },
    draft,
    refuseEarly: (grant) => lacksSeat(deps, joining, grant),
    now,
  })
}

/** Where the last look at the seats showed none, looking again costs a read; finding out by writing would cost three writes. */
async function lacksSeat(deps: JoinDeps, joining: Joining, grant: Grant): Promise<Refusal | undefined> {
  if (!publishes(grant)) return undefined
  const moderator = grant.right.rank >= MODERATOR_RANK
  const wish = seatWishOf(
    joining.stage,
    joining.key.userId,
    moderator,
    deps.config.limits.seatLeaseSeconds,
    joining.now,
  )
  if (!deps.seats.looksFull(wish.key, wish.plan, moderator)) return undefined
  return (await deps.seats.isFull(wish)) ? { code: 'publisher_seats_full' } : undefined
}

/** From an admission to a token. The id is taken back if no seat or no token can be had for it. */
async function minted(
  deps: JoinDeps,
  joining: Joining,
  admitted: Admitted & { kind: 'admitted' },
): Promise<Result<Joined, JoinRefusal>> {
  const { grant, displaced } = admitted
  let participant = admitted.participant
  try {
    const made =
      deps.tokens.mode === 'key-pair'
        ? { ok: true as const, value: { participant, answer: undefined } }
        : await vendedAnswer(deps, deps.tokens.vendor, joining, admitted)
    if (!made.ok) return made
    participant = made.value.participant
    if (publishes(grant) && !(await takeSeat(deps, joining, grant, participant, displaced))) {
      await deps.participants.forget(joining.key, participant, joining.now)
      return refuse({ code: 'publisher_seats_full' })
    }
    const answer = made.value.answer ?? (await signedAnswer(deps, joining, grant, participant))
    await putOut(deps, joining, displaced)
    joining.log.grant(grantLine(joining, grant, participant))
    return ok({ answer, replayed: false })
  } catch (fault) {
    await takeBack(deps, joining, participant)
    throw fault
  }
}

/** As far as it can be: what stays is a lease that ends, and an id that no token was made for. */
async function takeBack(deps: JoinDeps, joining: Joining, participant: Participant): Promise<void> {
  const undone = [deps.participants.forget(joining.key, participant, joining.now)]
  if (publishes(participant)) undone.push(deps.seats.free(seatsKeyOf(joining.stage), participant.id))
  await Promise.allSettled(undone)
}

async function takeSeat(
  deps: JoinDeps,
  joining: Joining,
  grant: Grant,
  participant: Participant,
  displaced: readonly Participant[],
): Promise<boolean> {
  const moderator = grant.right.rank >= MODERATOR_RANK
  const wish = seatWishOf(
    joining.stage,
    joining.key.userId,
    moderator,
    deps.config.limits.seatLeaseSeconds,
    joining.now,
  )
  const replaces = displaced.filter(publishes).map(({ id }) => id)
  const lease = { ...wish.lease, tokenExpiresAt: participant.expiresAt }
  const seated = await joining.log.time('seat', () => deps.seats.take({ ...wish, lease, id: participant.id, replaces }))
  const key = seatsKeyOf(joining.stage)
  await deps.disconnects.send(
    seated.evicted.map(({ id }) => ({
      ...key,
      stageArn: joining.stage.generation.stageArn,
      participantId: id,
      reason: 'lapsed',
      freesSeat: false,
    })),
  )
  return seated.taken
}

/**
 * The user's older participants have ended in our books; they are disconnected off this request's path. That this cannot
 * be noted down is no reason to keep the token from a caller who has a right to it: who is seen beyond theirs is put out.
 */
async function putOut(deps: JoinDeps, joining: Joining, displaced: readonly Participant[]): Promise<void> {
  const live = displaced.filter(({ expiresAt }) => expiresAt > secondsOf(joining.now))
  if (live.length === 0) return
  await deps.disconnects
    .send(disconnectsOf(joining.stage, live, 'replaced'))
    .catch(() => joining.log.note({ path: 'disconnects_unsent' }))
}

function grantLine(joining: Joining, grant: Grant, participant: Participant) {
  return {
    userId: joining.key.userId,
    issuer: joining.caller.issuer,
    stageId: joining.stage.stageId,
    participantId: participant.id,
    role: grant.role,
    capabilities: grant.capabilities,
    slot: slotOf(joining.request),
    duration: grant.duration,
    rule: 'granted',
    source: grant.right.source,
  }
}
