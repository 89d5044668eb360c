const BEYOND_ASCII = /[\u0080-\uffff]/g

/**
 * Serializes as JSON in which every character beyond ASCII is a `\uXXXX` escape. The IVS web SDK decodes a token's payload
 * byte by byte without UTF-8 (IVS facts §1.9), so anything else would be garbled there.
 * Throws on a lone surrogate, in a key or a value: readers differ on what that is.
 */
export function asciiJson(value: object): string {
  return JSON.stringify(value, refuseLoneSurrogates).replace(BEYOND_ASCII, unicodeEscape)
}

function refuseLoneSurrogates(key: string, value: unknown): unknown {
  if (!key.isWellFormed() || (typeof value === 'string' && !value.isWellFormed())) {
    throw new TypeError('a lone surrogate cannot be put in a token')
  }
  return value
}

const unicodeEscape = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
