import { cachedSecret } from '../secret/cached-secret.ts'
import { SecretProblem } from '../secret/secret-problem.ts'
import type { SecretSource } from '../secret/secret-source.ts'
import type { Clock } from '../time.ts'
import type { LoginKeys } from './login-keys.ts'

/** RFC 7518 §3.2 for HS256; a shorter one could be guessed from any one login. */
const MIN_BYTES = 32

/** A secret shared with the issuer, used as its text stands. Too short a one is as bad as none: a `Fault`. */
export function createHmacKey(options: {
  readonly secretId: string
  readonly source: SecretSource
  readonly clock: Clock
}): LoginKeys {
  const read = cachedSecret({ ...options, parse: bytesOf })
  return { keyFor: () => read() }
}

function bytesOf(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'utf8')
  if (bytes.length < MIN_BYTES) throw new SecretProblem(`an HMAC secret must have at least ${MIN_BYTES} bytes`)
  return bytes
}
