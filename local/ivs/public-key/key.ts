import { createHash, createPublicKey, type KeyObject } from 'node:crypto'

const CACHE_LIMIT = 64
const cache = new Map<string, KeyObject>()

/** Parses a PEM once; parsing costs as much as a verification. */
export function keyOf(pem: string): KeyObject {
  const known = cache.get(pem)
  if (known) return known
  const key = createPublicKey(pem)
  if (cache.size >= CACHE_LIMIT) cache.clear()
  cache.set(pem, key)
  return key
}

/** The key in SPKI PEM when it is one on P-384, undefined for every other text. */
export function parseP384(pem: string): KeyObject | undefined {
  try {
    const key = createPublicKey(pem)
    const isP384 = key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'secp384r1'
    return isP384 ? key : undefined
  } catch {
    return undefined
  }
}

/** One spelling for one key, so that line breaks do not make two of it. */
export const canonicalPem = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString()

/** Sixteen hex pairs, as in the guide's sample; how IVS computes them is not known. */
export const fingerprintOf = (key: KeyObject): string =>
  createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 32)
    .replace(/..(?!$)/g, '$&:')
