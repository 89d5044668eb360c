import type { IssuerConfig } from './config.ts'
import type { Problem } from './problem.ts'

/** One entry and its place in the list. */
export interface Placed {
  readonly at: number
  readonly entry: IssuerConfig
}

/**
 * What several entries must mean for each other: two people never get one user id, and a login never has two readings.
 * @param total entries there are, those with an unreadable shape counted
 */
export function issuerListProblems(placed: readonly Placed[], total: number): readonly Problem[] {
  const pairs = placed.flatMap((one, index) => placed.slice(index + 1).map((other) => [one, other] as const))
  return [
    ...(total < 2 ? [] : placed.flatMap(missingPrefix)),
    ...pairs.flatMap(([one, other]) => [...prefixClash(one, other), ...sameLogins(one, other)]),
  ]
}

const prefixOf = (entry: IssuerConfig): string => entry.userIdPrefix ?? ''

const missingPrefix = ({ at, entry }: Placed): readonly Problem[] =>
  prefixOf(entry) === ''
    ? [{ path: ['issuers', at, 'userIdPrefix'], message: 'must not be empty where there are two or more issuers' }]
    : []

/** Entries that read the same ids from the same provider may share a prefix: the same person is then the same user. */
function prefixClash(one: Placed, other: Placed): readonly Problem[] {
  const [a, b] = [prefixOf(one.entry), prefixOf(other.entry)]
  if (a === '' || b === '' || !(a.startsWith(b) || b.startsWith(a))) return []
  if (a === b && sameUsers(one.entry, other.entry)) return []
  return [
    {
      path: ['issuers', other.at, 'userIdPrefix'],
      message: `must neither begin with nor be the beginning of that of issuers[${one.at}]`,
    },
  ]
}

const claimOf = (entry: IssuerConfig): string => JSON.stringify([entry.userIdClaim ?? 'sub'].flat())

const sameUsers = (a: IssuerConfig, b: IssuerConfig): boolean => a.issuer === b.issuer && claimOf(a) === claimOf(b)

function sameLogins(one: Placed, other: Placed): readonly Problem[] {
  const [a, b] = [one.entry, other.entry]
  if (a.issuer !== b.issuer || (a.audienceClaim ?? 'aud') !== (b.audienceClaim ?? 'aud')) return []
  const audiences = [a.audience].flat()
  if (![b.audience].flat().some((audience) => audiences.includes(audience)) || toldApart(a, b)) return []
  return [
    { path: ['issuers', other.at], message: `takes the same logins as issuers[${one.at}]: same issuer and audience` },
  ]
}

/** A required claim with another value on either side: no login can satisfy both. */
const toldApart = (a: IssuerConfig, b: IssuerConfig): boolean =>
  Object.entries(a.requiredClaims ?? {}).some(
    ([name, value]) => Object.hasOwn(b.requiredClaims ?? {}, name) && b.requiredClaims?.[name] !== value,
  )
