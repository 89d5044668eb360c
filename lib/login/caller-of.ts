import type { IssuerConfig } from '../config/config.ts'
import { parseStageId, parseUserId } from '../ids.ts'
import { attributesBytes } from '../token/attributes.ts'
import type { Caller } from './caller.ts'
import { claimAt } from './claims.ts'
import { type Claims, isObject } from './unverified-login.ts'

/** A login of 8 KiB holds more names than anyone needs; a longer list is a mistake or an attack. */
const MAX_GROUPS = 200
const MAX_STAGE_GRANTS = 200
const MAX_NAME_LENGTH = 256
const MAX_ATTRIBUTE_BYTES = 256
/** Of the 1,024 bytes a token has: the rest is left to the role and to what callers set themselves. */
const MAX_CLAIMED_ATTRIBUTES_BYTES = 768
const ANY_STAGE = '*'

/**
 * What a verified login says about its bearer, as the issuer's entry reads it; nothing if a claim that decides about
 * identity or rights has the wrong shape. Such a claim is never passed over: what it was meant to forbid cannot be known.
 */
export function callerOf(claims: Claims, entry: IssuerConfig): Omit<Caller, 'expiresAt'> | undefined {
  const id = claimAt(claims, entry.userIdClaim ?? 'sub')
  const userId = typeof id === 'string' && id !== '' ? parseUserId(`${entry.userIdPrefix ?? ''}${id}`) : undefined
  const groups = groupsIn(claims, entry)
  const stageGrants = stageGrantsIn(claims, entry)
  if (!userId?.ok || !groups || !stageGrants) return undefined
  return {
    issuer: entry.issuer,
    userId: userId.value,
    roles: rolesOf(groups, entry),
    stageGrants,
    ...(entry.maxRole !== undefined && { maxRole: entry.maxRole }),
    isAdmin: (entry.adminRoles ?? []).some((group) => groups.includes(group)),
    stageIdPrefix: entry.stageIdPrefix ?? '',
    attributes: attributesIn(claims, entry),
  }
}

const isName = (value: unknown): value is string => typeof value === 'string' && value.length <= MAX_NAME_LENGTH

const isGrant = (entry: [string, unknown]): entry is [string, string] => isName(entry[1])

/** A text is one group; a list of texts is several. */
function groupsIn(claims: Claims, { rolesClaim }: IssuerConfig): readonly string[] | undefined {
  const claim = rolesClaim === undefined ? [] : (claimAt(claims, rolesClaim) ?? [])
  const groups: unknown[] = Array.isArray(claim) ? claim : [claim]
  return groups.length <= MAX_GROUPS && groups.every(isName) ? [...new Set(groups)] : undefined
}

function rolesOf(groups: readonly string[], { roleMap }: IssuerConfig): readonly string[] {
  if (roleMap === undefined) return groups
  const mapped = Object.entries(roleMap).flatMap(([group, role]) => (groups.includes(group) ? [role] : []))
  return [...new Set(mapped)]
}

/** Names that no stage can have are passed over: they can grant nothing. */
function stageGrantsIn(claims: Claims, { stagesClaim }: IssuerConfig): Readonly<Record<string, string>> | undefined {
  const claim = stagesClaim === undefined ? {} : (claimAt(claims, stagesClaim) ?? {})
  if (!isObject(claim)) return undefined
  const grants = Object.entries(claim)
  if (grants.length > MAX_STAGE_GRANTS || !grants.every(isGrant)) return undefined
  return Object.fromEntries(grants.filter(([stage]) => stage === ANY_STAGE || parseStageId(stage).ok))
}

/** Nothing is cut: what is not text, a number, true or false, is too long or no longer fits is absent. */
function attributesIn(claims: Claims, { attributeClaims = {} }: IssuerConfig): Readonly<Record<string, string>> {
  const attributes: Record<string, string> = {}
  for (const [name, claim] of Object.entries(attributeClaims)) {
    const text = textOf(claimAt(claims, claim))
    const fits = attributesBytes({ ...attributes, [name]: text ?? '' }) <= MAX_CLAIMED_ATTRIBUTES_BYTES
    if (text !== undefined && fits) attributes[name] = text
  }
  return attributes
}

function textOf(value: unknown): string | undefined {
  const plain = typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)
  const text = plain ? String(value) : undefined
  return text?.isWellFormed() && Buffer.byteLength(text, 'utf8') <= MAX_ATTRIBUTE_BYTES ? text : undefined
}
