import { createLocalJWKSet, errors, type JSONWebKeySet } from 'jose'
import type { Clock } from '../time.ts'
import type { KeySetFetch, LoginKeys } from './login-keys.ts'
import { isPublicKey } from './public-key.ts'
import { createRefreshed } from './refreshed.ts'
import { isObject } from './unverified-login.ts'

const MINUTE_MS = 60_000
/** A key that an issuer withdrew is believed this long at most while the issuer can be reached. */
export const KEY_SET_FRESH_MS = 10 * MINUTE_MS
/** And this long while it cannot: an issuer's bad day must not close every stage. */
export const KEY_SET_STALE_MS = 24 * 60 * MINUTE_MS
/** A flood of made-up key ids causes one fetch in this time. */
export const KEY_SET_COOL_DOWN_MS = 30_000
/** The first fetch failed and nobody can join: worth trying again sooner. */
export const KEY_SET_FIRST_COOL_DOWN_MS = 5_000

type FindKey = ReturnType<typeof createLocalJWKSet>

/** The key set at an issuer's configured address: cached, renewed for an unknown key, served stale while it cannot be read. */
export function createKeySet(options: {
  readonly url: string
  readonly fetch: KeySetFetch
  readonly clock: Clock
}): LoginKeys {
  const { url, fetch, clock } = options
  const keys = createRefreshed<FindKey>({
    load: async () => finderOf(parseKeySet(await fetch(url))),
    clock,
    freshMs: KEY_SET_FRESH_MS,
    staleMs: KEY_SET_STALE_MS,
    coolDownMs: KEY_SET_COOL_DOWN_MS,
    firstCoolDownMs: KEY_SET_FIRST_COOL_DOWN_MS,
    what: `the key set at ${new URL(url).host}`,
  })
  return {
    keyFor: async (header) => {
      const found = await find(await keys.current(), header)
      return found === 'unknown' ? known(await find(await keys.renewed(), header)) : found
    },
  }
}

/** Keys that stand in the configuration. */
export function createInlineKeySet(jwks: { readonly keys: readonly unknown[] }): LoginKeys {
  const finder = finderOf(jwks)
  return { keyFor: async (header) => known(await find(finder, header)) }
}

type Found = Awaited<ReturnType<LoginKeys['keyFor']>>

const known = (found: Found | 'unknown'): Found => (found === 'unknown' ? undefined : found)

/** `unknown`: the set has no such key, but a newer one may. Several that fit, or one that cannot be used, are no key. */
async function find(finder: FindKey, header: { readonly alg: string }): Promise<Found | 'unknown'> {
  try {
    return await finder(header)
  } catch (error) {
    return error instanceof errors.JWKSNoMatchingKey ? 'unknown' : undefined
  }
}

/** Only what may verify: public keys that are not meant for encryption. */
const finderOf = (jwks: { readonly keys: readonly unknown[] }): FindKey =>
  createLocalJWKSet({
    keys: jwks.keys.filter((key) => isObject(key) && isPublicKey(key) && key.use !== 'enc'),
  } as JSONWebKeySet)

/** The parser's own complaint would quote the text. */
function parseKeySet(text: string): { readonly keys: readonly unknown[] } {
  const jwks = parsed(text)
  if (!isObject(jwks) || !Array.isArray(jwks.keys)) throw new Error('the answer is not a JSON Web Key Set')
  return { keys: jwks.keys }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
