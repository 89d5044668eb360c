import type { Grant } from '../grant/grant.ts'
import { admitCaller } from '../participant/admission.ts'
import { recordedRightOf } from '../participant/recorded-right.ts'
import type { Refusal } from '../refusal.ts'
import { type Result, refuse } from '../result.ts'
import { publishes, seatWishOf } from '../seat/seat-wish.ts'
import { rulesOf } from '../stage/rules.ts'
import type { Stage } from '../stage/stage.ts'
import { visibleStage } from '../stage/visible-stage.ts'
import { secondsOf } from '../time.ts'
import { currentEndpoints } from '../token/token-maker.ts'
import { type JoinCall, type JoinDeps, type Joined, type Joining, type JoinRefusal, publisherOf } from './joining.ts'
import { mintToken } from './mint-token.ts'
import { drafter } from './minting.ts'
import { replay } from './replay.ts'
import { type SigningAhead, signingAhead } from './signing-ahead.ts'

/**
 * Makes the caller a participant: finds the stage, lets policy and store agree on a grant in one write, takes a seat for a
 * publisher, and only then hands out the token. Whatever fails before the token leaves nothing that counts against the user.
 */
export async function joinStage(deps: JoinDeps, call: JoinCall): Promise<Result<Joined, JoinRefusal>> {
  const found = await call.log.time('stage', () => visibleStage(deps.stages, call.caller, call.stageId))
  if (!found.ok) return found
  const first = await joinAs(deps, joiningOn(found.value, call))
  if (first !== 'outdated') return first
  const stage = await deps.stages.getFresh(call.stageId)
  if (stage === undefined) return refuse({ code: 'stage_not_found' })
  const again = await joinAs(deps, joiningOn(stage, call))
  return again === 'outdated' ? refuse({ code: 'conflict' }) : again
}

const joiningOn = (stage: Stage, call: JoinCall): Joining => ({
  ...call,
  stage,
  key: { stageUid: stage.uid, userId: call.caller.userId },
})

/** The join with the stage as we know it, unless the user's record says that there was a reset since. */
async function joinAs(deps: JoinDeps, joining: Joining): Promise<Result<Joined, JoinRefusal> | 'outdated'> {
  const { log } = joining
  const signing = signingAhead(deps, joining)
  const admitted = await log.time('admit', () => admission(deps, joining, signing))
  if (!admitted.ok) {
    log.note({ rule: admitted.refusal.rule })
    return refuse(admitted.refusal.refusal)
  }
  if (admitted.value.kind === 'outdated') return 'outdated'
  log.note({ rule: 'granted', source: admitted.value.grant.right.source })
  if (admitted.value.kind === 'replay') return replay(deps, joining, admitted.value)
  log.note({ path: admitted.value.path })
  return mintToken(deps, joining, admitted.value, signing)
}

async function admission(deps: JoinDeps, joining: Joining, signing: SigningAhead) {
  const { stage, caller, request, now } = joining
  const { mintsPerMinute, unexpiredIds } = deps.config.limits
  const keyId = deps.tokens.mode === 'key-pair' ? (await deps.tokens.signer.keys()).current : undefined
  const rules = rulesOf(stage, deps.config)
  const draft = drafter({
    key: joining.key,
    generation: stage.generation.number,
    request,
    ...(joining.idempotencyKey !== undefined && { idempotencyKey: joining.idempotencyKey }),
    endpointsVersion: currentEndpoints(stage).version,
    ...(keyId !== undefined && { keyId }),
    randomBytes: deps.randomBytes,
    recorded: (right) => recordedRightOf(rules, caller, right),
    ...(joining.requestId !== undefined && { requestId: joining.requestId }),
    now,
  })
  return admitCaller(deps, {
    key: joining.key,
    generation: stage.generation.number,
    rules,
    caller,
    request,
    limits: { mintsPerMinute, unexpiredIds, session: stage.sessionPolicy },
    draft,
    refuseEarly: (grant) => lacksSeat(deps, joining, grant),
    meanwhile: signing.begin,
    now,
  })
}

/** Where the last look at the seats showed none, looking again costs a read; finding out by writing would cost three writes. */
async function lacksSeat(deps: JoinDeps, joining: Joining, grant: Grant): Promise<Refusal | undefined> {
  if (!publishes(grant)) return undefined
  const wish = seatWishOf(publisherOf(deps, joining, grant.right.rank, secondsOf(joining.now)))
  if (!deps.seats.looksFull(wish.key, wish.plan, wish.lease.moderator)) return undefined
  return (await deps.seats.isFull(wish)) ? { code: 'publisher_seats_full' } : undefined
}
