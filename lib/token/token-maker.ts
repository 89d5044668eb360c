import type { Grant } from '../grant/grant.ts'
import type { UserId } from '../ids.ts'
import type { Participant } from '../participant/user-record.ts'
import type { Endpoints, Stage } from '../stage/stage.ts'
import type { StageReader } from '../stage/stage-cache.ts'
import { type EpochSeconds, secondsOf, secondsOfMinutes } from '../time.ts'
import type { TokenSigner, TokenVendor } from './participant-token.ts'

/** How this deployment comes by participant tokens. */
export type TokenMaker =
  | { readonly mode: 'key-pair'; readonly signer: TokenSigner }
  | { readonly mode: 'ivs'; readonly vendor: TokenVendor }

/** A token of our own and what it says that its holder is told. */
export interface Signed {
  readonly token: string
  readonly expiresAt: EpochSeconds
  readonly endpoints: Endpoints
}

export interface SigningJob {
  readonly stages: StageReader
  readonly signer: TokenSigner
  readonly stage: Stage
  readonly userId: UserId
  readonly participant: Participant
  readonly attributes: Grant['attributes']
  /** When the token says it was made, and for how long, in minutes. */
  readonly mintedAt: number
  readonly duration: number
}

/**
 * Signs for a recorded participant, with what it was first signed with: an exchange is refused unless stage, id and
 * endpoints are the same (IVS facts §2).
 */
export async function signFor(job: SigningJob): Promise<Signed> {
  const { participant, stage } = job
  const endpoints = await endpointsOf(job, participant.endpointsVersion)
  const issuedAt = secondsOf(job.mintedAt)
  const expiresAt = issuedAt + secondsOfMinutes(job.duration)
  if (participant.keyId === undefined) throw new Error('only a participant with a key of ours can be signed for')
  const token = await job.signer.sign(
    {
      stageArn: stage.generation.stageArn,
      userId: job.userId,
      capabilities: participant.capabilities,
      attributes: job.attributes,
      participantId: participant.id,
      endpoints,
      issuedAt,
      expiresAt,
    },
    participant.keyId,
  )
  return { token, expiresAt, endpoints }
}

/** Another Lambda may have signed with endpoints that are newer than the stage we remember. */
async function endpointsOf({ stages, stage }: SigningJob, version: number): Promise<Endpoints> {
  const withVersion = (one: Endpoints): boolean => one.version === version
  const known = stage.endpoints.find(withVersion) ?? (await stages.getFresh(stage.stageId))?.endpoints.find(withVersion)
  if (known === undefined) throw new Error('a participant names endpoints that its stage no longer has')
  return known
}

export const currentEndpoints = (stage: Stage): Endpoints => stage.endpoints.at(-1) ?? stage.endpoints[0]
