import { type Authenticator, createAuthenticator } from '../../lib/login/authenticator.ts'
import { AUDIENCE, bearer, createLoginKey, inlineIssuer, loginOf, type Members, NOW_MS } from './logins.ts'

export const key = createLoginKey('ES256')
export const rsa = createLoginKey('RS256', 'rsa-1')
/** Named like the first issuer's, known to nobody. */
export const foreign = createLoginKey('ES256')
export const KEY_SET = 'https://keys.example.com/jwks.json'
/** Claims that make a login the second issuer's. */
export const OTHER = { iss: 'https://other.example.com/' }

/** Two issuers, so that one's key may be tried on the other. Every address asked for is written into `fetched`. */
export function createTwoIssuers(): Authenticator & { readonly fetched: readonly string[] } {
  const fetched: string[] = []
  const authenticator = createAuthenticator({
    issuers: [
      inlineIssuer(key, { userIdPrefix: 'a:', algorithms: ['ES256'] }),
      { issuer: OTHER.iss, audience: AUDIENCE, jwksUri: KEY_SET, algorithms: ['RS256'], userIdPrefix: 'b:' },
    ],
    fetchKeySet: async (url) => {
      fetched.push(url)
      return JSON.stringify({ keys: [rsa.jwk] })
    },
    clock: () => NOW_MS,
  })
  return { ...authenticator, fetched }
}

/** A header with a sound login of the first issuer, changed where asked. */
export const login = (claims: Members = {}, header: Members = {}): string => bearer(loginOf(key, claims, header))
