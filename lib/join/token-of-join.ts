import type { Grant } from '../grant/grant.ts'
import type { Admitted } from '../participant/admission.ts'
import type { Commit } from '../participant/participant-store.ts'
import type { Participant } from '../participant/user-record.ts'
import { ok, type Result, refuse } from '../result.ts'
import type { TokenVendor } from '../token/participant-token.ts'
import type { TokenAnswer } from '../token/token-answer.schema.ts'
import { tokenAnswer } from '../token/token-answer.ts'
import { currentEndpoints, signFor } from '../token/token-maker.ts'
import type { JoinDeps, Joining, JoinRefusal } from './joining.ts'

/** The token of a participant we recorded, signed with the key and endpoints recorded with it, from its mint on. */
export async function signedAnswer(
  deps: JoinDeps,
  joining: Joining,
  grant: Grant,
  participant: Participant,
): Promise<TokenAnswer> {
  if (deps.tokens.mode !== 'key-pair') throw new Error('only a key pair signs')
  const { signer } = deps.tokens
  const { stage, now, caller } = joining
  const { attributes } = grant
  const { mintedAt, duration } = participant
  const job = { stages: deps.stages, signer, stage, userId: caller.userId, participant, attributes, mintedAt, duration }
  const signed = await joining.log.time('sign', () => signFor(job))
  return tokenAnswer({
    ...signed,
    stage,
    userId: caller.userId,
    participant,
    attributes,
    duration,
    exchangeable: true,
    now,
  })
}

interface Vended {
  readonly participant: Participant
  readonly answer: TokenAnswer
}

/** Whether it was committed is not known where that fails: then neither the placeholder nor what it became may stay. */
async function committed(deps: JoinDeps, { key }: Joining, commit: Commit): Promise<boolean> {
  try {
    return await deps.participants.commit(key, commit)
  } catch (fault) {
    await Promise.allSettled([deps.participants.forget(key, commit.participant, commit.now)])
    throw fault
  }
}

/** IVS's own token: only IVS's answer says who the participant is, so the placeholder becomes it now. */
export async function vendedAnswer(
  deps: JoinDeps,
  vendor: TokenVendor,
  joining: Joining,
  { grant, participant: reserved }: Admitted & { kind: 'admitted' },
): Promise<Result<Vended, JoinRefusal>> {
  const { stage, now, caller } = joining
  const { attributes, duration, capabilities } = grant
  const terms = { stageArn: stage.generation.stageArn, userId: caller.userId, capabilities, attributes, duration }
  const vended = await joining.log.time('ivs', () => vendor.create(terms))
  const { reserved: _, ...rest } = reserved
  const participant: Participant = { ...rest, id: vended.participantId, expiresAt: vended.expiresAt }
  if (!(await committed(deps, joining, { reserved, participant, rank: grant.right.rank, now }))) {
    // Put out or banned while IVS was asked: the token is handed to nobody, so no one can be there by it.
    await deps.participants.forget(joining.key, reserved, now)
    return refuse({ code: 'conflict' })
  }
  const answer = tokenAnswer({
    ...{ stage, userId: caller.userId, participant, attributes, duration, now },
    token: vended.token,
    expiresAt: vended.expiresAt,
    exchangeable: false,
    endpoints: currentEndpoints(stage),
  })
  return ok({ participant, answer })
}
