import { createHash, verify } from 'node:crypto'
import { ok, type Result, refuse } from '../../../lib/result.ts'
import { keyOf } from '../public-key/key.ts'
import type { SideRefusal } from '../side/refusal.ts'
import type { Grant, PublicKeyRecord } from '../world/records.ts'
import type { World } from '../world/world.ts'
import { isApiToken, isOurs } from './api-token.ts'
import { type Claimed, readClaims, refusal } from './claims.ts'
import { type Jws, splitUnverified } from './jws.ts'

/** JOSE's form of an ES384 signature: R and S, 48 bytes each (RFC 7518 §3.4). DER is refused. */
const SIGNATURE_BYTES = 96
const MAX_TOKEN_LENGTH = 16_384

export interface Verified {
  readonly grant: Grant
  /** What an exchange must not change. */
  readonly eventsUrl: string
  readonly whipUrl: string
}

/** Everything about a token that can be judged without looking at its stage. */
export function verifyToken(world: World, token: unknown): Result<Verified, SideRefusal> {
  if (token === undefined || token === null || token === '')
    return refuse(refusal('TOKEN_MISSING', 'no token was given'))
  const jws = typeof token === 'string' && token.length <= MAX_TOKEN_LENGTH ? splitUnverified(token) : undefined
  if (!jws) return refuse(refusal('TOKEN_INVALID', 'not a signed token'))
  const digest = createHash('sha256').update(String(token)).digest('base64url')
  if (world.spentTokens.get(digest)) return refuse(refusal('TOKEN_INVALID', 'the token was exchanged for another'))
  return isApiToken(jws) ? verifyApiToken(world, jws, digest) : verifySelfSigned(world, jws, digest)
}

function verifyApiToken(world: World, jws: Jws, digest: string): Result<Verified, SideRefusal> {
  if (!isOurs(world, jws)) return refuse(refusal('TOKEN_INVALID_SIGNATURE', 'the token was not made here'))
  // The API lets an application ask for a token that may do nothing; what was minted is honoured.
  return verified(readClaims(world, jws.payload, false), { digest })
}

function verifySelfSigned(world: World, jws: Jws, digest: string): Result<Verified, SideRefusal> {
  const { alg, typ, kid } = jws.header
  if (alg !== 'ES384' || typ !== 'JWT' || typeof kid !== 'string')
    return refuse(refusal('TOKEN_INVALID', 'the header is not ES384, JWT and a kid'))
  const key = usableKey(world, kid, jws.payload.iat)
  if (!key) return refuse(refusal('TOKEN_INVALID_SIGNATURE', 'kid names no imported public key'))
  const signature = { key: keyOf(key.pem), dsaEncoding: 'ieee-p1363' } as const
  if (jws.signature.length !== SIGNATURE_BYTES || !verify('sha384', Buffer.from(jws.signed), signature, jws.signature))
    return refuse(refusal('TOKEN_INVALID_SIGNATURE', 'the signature is not the public key’s'))
  return verified(readClaims(world, jws.payload, world.assume.emptyGrantRefused), { digest, keyArn: kid })
}

function verified(
  claims: Result<Claimed, SideRefusal>,
  made: { readonly digest: string; readonly keyArn?: string },
): Result<Verified, SideRefusal> {
  if (!claims.ok) return claims
  const { eventsUrl, whipUrl, ...claimed } = claims.value
  return ok({ grant: { ...claimed, ...made }, eventsUrl, whipUrl })
}

function usableKey(world: World, kid: string, iat: unknown): PublicKeyRecord | undefined {
  const known = world.publicKeys.get(kid)
  if (known || world.assume.deletedKeyKillsUnjoinedTokens) return known
  const deleted = world.deletedKeys.get(kid)
  return typeof iat === 'number' && iat * 1000 <= (deleted?.deletedAt ?? Number.NEGATIVE_INFINITY) ? deleted : undefined
}
