import { createPublicKey, type JsonWebKey } from 'node:crypto'
import { parseUserId } from '../ids.ts'
import { ASYMMETRIC_ALGORITHMS, algorithmsOf, HMAC_ALGORITHMS } from '../login/algorithms.ts'
import { isPublicKey } from '../login/public-key.ts'
import type { IssuerConfig } from './config.ts'
import type { Path, Problem } from './problem.ts'

const MIN_RSA_BITS = 2048
const KEY_SOURCES = ['jwksUri', 'jwks', 'hmacSecretId'] as const

/** What one entry's parts must mean for each other. Paths are relative to the entry. */
export function issuerProblems(entry: IssuerConfig): readonly Problem[] {
  return [
    ...keySourceProblems(entry),
    ...algorithmProblems(entry),
    ...(entry.jwks?.keys ?? []).flatMap((key, at) => inlineKeyProblems(key, ['jwks', 'keys', at])),
    ...prefixProblems(entry),
    ...unusedGroupProblems(entry),
  ]
}

function keySourceProblems(entry: IssuerConfig): readonly Problem[] {
  const given = KEY_SOURCES.filter((source) => entry[source] !== undefined)
  return given.length === 1 ? [] : [{ path: [], message: `must have exactly one of ${KEY_SOURCES.join(', ')}` }]
}

function algorithmProblems(entry: IssuerConfig): readonly Problem[] {
  const shared = entry.hmacSecretId !== undefined
  const allowed: readonly string[] = shared ? HMAC_ALGORITHMS : ASYMMETRIC_ALGORITHMS
  return algorithmsOf(entry).flatMap((algorithm, at) =>
    allowed.includes(algorithm)
      ? []
      : [
          {
            path: ['algorithms', at],
            message: `must be one of ${allowed.join(', ')}${shared ? '' : ' (HS* needs hmacSecretId)'}`,
          },
        ],
  )
}

function inlineKeyProblems(key: Readonly<Record<string, unknown>>, path: Path): readonly Problem[] {
  if (!isPublicKey(key))
    return [{ path, message: 'must be a public RSA, EC or OKP key without private or secret members' }]
  try {
    const { modulusLength } = createPublicKey({ key: key as JsonWebKey, format: 'jwk' }).asymmetricKeyDetails ?? {}
    return modulusLength === undefined || modulusLength >= MIN_RSA_BITS
      ? []
      : [{ path, message: `must be an RSA key of at least ${MIN_RSA_BITS} bits` }]
  } catch {
    return [{ path, message: 'is not a usable public key' }]
  }
}

const prefixProblems = ({ userIdPrefix = '' }: IssuerConfig): readonly Problem[] =>
  parseUserId(`${userIdPrefix}x`).ok
    ? []
    : [{ path: ['userIdPrefix'], message: 'must not hold control characters or any of / ? # % \\' }]

function unusedGroupProblems(entry: IssuerConfig): readonly Problem[] {
  if (entry.rolesClaim !== undefined) return []
  return (['roleMap', 'adminRoles'] as const).flatMap((name) =>
    entry[name] === undefined ? [] : [{ path: [name], message: 'has no effect without rolesClaim' }],
  )
}
