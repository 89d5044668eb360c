import * as z from 'zod/mini'
import { SecretProblem } from '../secret/secret-problem.ts'
import type { KeyId } from './participant-token.ts'

/** Three public keys fit in a Region; keys of an earlier import may linger while tokens of theirs live. */
export const MAX_SIGNING_KEYS = 6

const PUBLIC_KEY_ARN = /^arn:aws:ivs:[a-z0-9-]+:[0-9]+:public-key\/[A-Za-z0-9-]{1,64}$/

const publicKeyArn = z.string().check(z.regex(PUBLIC_KEY_ARN))

const signingSecret = z.strictObject({
  /** The key that new participants get. */
  current: publicKeyArn,
  keys: z
    .array(z.strictObject({ publicKeyArn, privateKeyPem: z.string() }))
    .check(z.minLength(1), z.maxLength(MAX_SIGNING_KEYS)),
})

/** What the signing secret says: key pairs by the ARN that IVS gave their public half. */
export type SigningSecret = z.infer<typeof signingSecret>

/** The short name of a public key: what follows the last `/` of its ARN. */
export const keyIdOf = (arn: string): KeyId => arn.slice(arn.lastIndexOf('/') + 1)

/** Checks everything about the secret but the PEMs. Throws `SecretProblem`, which names places and never quotes. */
export function parseSigningSecret(text: string): SigningSecret {
  const parsed = signingSecret.safeParse(jsonOf(text))
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${placeOf(issue.path)}: ${issue.code}`)
    throw new SecretProblem(`the signing secret is malformed (${problems.join('; ')})`)
  }
  const { current, keys } = parsed.data
  const ids = new Set(keys.map((key) => keyIdOf(key.publicKeyArn)))
  if (ids.size < keys.length) throw new SecretProblem('the signing secret has two keys with one id')
  if (!keys.some((key) => key.publicKeyArn === current)) {
    throw new SecretProblem('the signing secret has no key that is `current`')
  }
  return parsed.data
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new SecretProblem('the signing secret is not JSON')
  }
}

/** Safe to print: an issue's path stops at the names and indexes of our own schema. */
const placeOf = (path: readonly PropertyKey[]): string => (path.length === 0 ? 'the whole' : path.map(String).join('.'))
