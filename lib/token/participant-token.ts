import type { Capability } from '../grant/role.ts'
import type { ParticipantId, UserId } from '../ids.ts'
import type { EpochSeconds, Minutes } from '../time.ts'

/** Everything a participant token says, decided before it is made. */
export interface TokenTerms {
  readonly stageArn: string
  readonly userId: UserId
  readonly capabilities: readonly Capability[]
  /** At most 1,024 bytes as serialized JSON in UTF-8; shown to everyone on the stage. */
  readonly attributes: Readonly<Record<string, string>>
}

/** What only a token we sign ourselves needs to be told. */
export interface SignedTerms extends TokenTerms {
  readonly participantId: ParticipantId
  readonly endpoints: { readonly events: string; readonly whip: string }
  readonly issuedAt: EpochSeconds
  /** At most 14 days after `issuedAt`. */
  readonly expiresAt: EpochSeconds
}

/** The part of a public key's ARN after the last `/`: short enough to store with each participant. */
export type KeyId = string

/**
 * Signs participant tokens with a key pair of ours (IVS facts §1).
 * Throws `Fault('storage_unavailable')` when no key was ever readable.
 */
export interface TokenSigner {
  /** The key new participants get, and all that can still sign for older ones. */
  keys(): Promise<{ readonly current: KeyId; readonly usable: readonly KeyId[] }>
  /** `keyId` must be one of `usable`: a participant keeps its key across exchanges. */
  sign(terms: SignedTerms, keyId: KeyId): Promise<string>
}

/** Asks IVS for a token (`CreateParticipantToken`). IVS chooses the participant id; the token cannot be made again. */
export interface TokenVendor {
  create(
    terms: TokenTerms & { readonly duration: Minutes },
  ): Promise<{ readonly participantId: ParticipantId; readonly token: string; readonly expiresAt: EpochSeconds }>
}
