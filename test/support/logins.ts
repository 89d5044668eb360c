import {
  constants,
  createHash,
  createHmac,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  sign as signBytes,
} from 'node:crypto'
import type { IssuerConfig } from '../../lib/config/config.ts'

/** The moment every test login is made for: Unix seconds. */
export const NOW = 1_800_000_000
export const NOW_MS = NOW * 1000
export const ISSUER = 'https://login.example.com/'
export const AUDIENCE = 'stagedoor-app'

export type LoginAlgorithm = 'RS256' | 'PS256' | 'ES256' | 'ES384' | 'EdDSA'
export type Members = Readonly<Record<string, unknown>>

/** A key pair as an identity provider has one. */
export interface LoginKey {
  readonly alg: LoginAlgorithm
  readonly kid: string
  readonly privateKey: KeyObject
  /** The public half in PEM, for whoever wants to misuse it. */
  readonly publicPem: string
  /** The public half as a key set shows it. */
  readonly jwk: JsonWebKey & { readonly kid: string }
}

export function createLoginKey(alg: LoginAlgorithm = 'ES256', kid = 'key-1'): LoginKey {
  const { privateKey, publicKey } = pairFor(alg)
  return {
    alg,
    kid,
    privateKey,
    publicPem: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
    jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig' },
  }
}

function pairFor(alg: LoginAlgorithm): { readonly privateKey: KeyObject; readonly publicKey: KeyObject } {
  switch (alg) {
    case 'RS256':
    case 'PS256':
      return generateKeyPairSync('rsa', { modulusLength: 2048 })
    case 'ES256':
      return generateKeyPairSync('ec', { namedCurve: 'P-256' })
    case 'ES384':
      return generateKeyPairSync('ec', { namedCurve: 'P-384' })
    case 'EdDSA':
      return generateKeyPairSync('ed25519')
  }
}

/** Signs the first two parts of a compact JWT; answers the third. */
export type Signing = (input: string) => Buffer

export function signedBy({ alg, privateKey: key }: LoginKey): Signing {
  const padding = constants.RSA_PKCS1_PSS_PADDING
  return (input) => {
    const bytes = Buffer.from(input)
    switch (alg) {
      case 'RS256':
        return signBytes('sha256', bytes, key)
      case 'PS256':
        return signBytes('sha256', bytes, { key, padding, saltLength: 32 })
      case 'ES256':
        return signBytes('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' })
      case 'ES384':
        return signBytes('sha384', bytes, { key, dsaEncoding: 'ieee-p1363' })
      case 'EdDSA':
        return signBytes(null, bytes, key)
    }
  }
}

export const hmacBy =
  (secret: string | Buffer): Signing =>
  (input) =>
    createHmac('sha256', secret).update(input).digest()

const base64url = (text: string | Buffer): string => Buffer.from(text).toString('base64url')

/** A compact JWT of exactly these texts, JSON or not. */
export function compactOf(header: string | Buffer, claims: string | Buffer, sign: Signing): string {
  const input = `${base64url(header)}.${base64url(claims)}`
  return `${input}.${base64url(sign(input))}`
}

/** What a sound login says; a member that is `undefined` is left out. */
export const claimsWith = (changes: Members = {}): Members => ({
  iss: ISSUER,
  aud: AUDIENCE,
  sub: 'user-1',
  iat: NOW,
  exp: NOW + 3600,
  ...changes,
})

/** A sound login, changed where asked. */
export const loginOf = (key: LoginKey, claims: Members = {}, header: Members = {}): string =>
  compactOf(
    JSON.stringify({ alg: key.alg, kid: key.kid, typ: 'JWT', ...header }),
    JSON.stringify(claimsWith(claims)),
    signedBy(key),
  )

export const bearer = (compact: string): string => `Bearer ${compact}`

/** An issuer's entry with the key in the configuration itself. */
export const inlineIssuer = (key: LoginKey, changes: Partial<IssuerConfig> = {}): IssuerConfig => ({
  issuer: ISSUER,
  audience: AUDIENCE,
  jwks: { keys: [key.jwk as Members] },
  ...changes,
})

/** Text that stands out wherever it turns up. */
export const marker = (name: string): string => `MARKER${createHash('sha256').update(name).digest('hex').slice(0, 12)}`
