/** Signature algorithms a login may use where keys are public (RFC 7518 §3.1, RFC 9864). */
export const ASYMMETRIC_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const

/** The same where issuer and deployment share a secret. */
export const HMAC_ALGORITHMS = ['HS256', 'HS384', 'HS512'] as const

/** What an issuer's logins may be signed with if its entry does not say. The two families never mix. */
export const algorithmsOf = (entry: {
  readonly algorithms?: readonly string[]
  readonly hmacSecretId?: string
}): readonly string[] => entry.algorithms ?? (entry.hmacSecretId === undefined ? ASYMMETRIC_ALGORITHMS : ['HS256'])
