import { disconnectsOf } from '../disconnect/disconnects-of.ts'
import type { Grant } from '../grant/grant.ts'
import type { Admitted } from '../participant/admission.ts'
import type { Participant } from '../participant/user-record.ts'
import { ok, type Result, refuse } from '../result.ts'
import type { TokenVendor } from '../token/participant-token.ts'
import type { TokenAnswer } from '../token/token-answer.schema.ts'
import { tokenAnswer } from '../token/token-answer.ts'
import { currentEndpoints, signFor } from '../token/token-maker.ts'
import type { JoinDeps, Joining, JoinRefusal } from './join.ts'

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

/** IVS's own token: only IVS's answer says who the participant is, so the placeholder becomes it now. */
export async function vendedAnswer(
  deps: JoinDeps,
  vendor: TokenVendor,
  joining: Joining,
  { grant, participant: reserved }: Admitted & { kind: 'admitted' },
): Promise<Result<{ readonly participant: Participant; readonly answer: TokenAnswer }, JoinRefusal>> {
  const { stage, now, caller } = joining
  const { attributes, duration, capabilities } = grant
  const terms = { stageArn: stage.generation.stageArn, userId: caller.userId, capabilities, attributes, duration }
  const vended = await joining.log.time('ivs', () => vendor.create(terms))
  const { reserved: _, ...rest } = reserved
  const participant: Participant = { ...rest, id: vended.participantId, expiresAt: vended.expiresAt }
  if (!(await deps.participants.commit(joining.key, reserved, participant, now))) {
    // Put out or banned while IVS was asked: the token is handed to nobody, and its id may not stay usable.
    await deps.disconnects.send(disconnectsOf(stage, [participant], 'kicked'))
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
