import { ok, type Result, refuse } from './result.ts'

declare const brand: unique symbol
type Branded<T, B extends string> = T & { readonly [brand]: B }

/** The app's name for a room. Chosen by an admin, stable over resets. */
export type StageId = Branded<string, 'StageId'>
/** One life of a `StageId`: made at creation, never reused. Every key of every item holds it. */
export type StageUid = Branded<string, 'StageUid'>
/** Who the caller is, from a verified login, with the issuer's prefix. Never from a body, path or query of their own. */
export type UserId = Branded<string, 'UserId'>
/** One live run of a stage, as IVS names it. */
export type SessionId = Branded<string, 'SessionId'>
/** One token's identity on a stage: the JWT's `jti`, IVS's `participantId`. */
export type ParticipantId = Branded<string, 'ParticipantId'>

export const STAGE_ID = /^[a-z0-9][a-z0-9-]{1,62}[a-z0-9]$/
/** IVS accepts `_` in some operations and not in others, and ids it makes itself never hold one (IVS facts §1.5). */
export const PARTICIPANT_ID = /^[A-Za-z0-9-]{1,64}$/
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it refuses
const USER_ID_FORBIDDEN = /[\u0000-\u001f\u007f-\u009f/?#%\\]/

export const MAX_USER_ID_LENGTH = 128

export function parseStageId(value: unknown): Result<StageId, 'malformed'> {
  return typeof value === 'string' && STAGE_ID.test(value) ? ok(value as StageId) : refuse('malformed')
}

export function parseParticipantId(value: unknown): Result<ParticipantId, 'malformed'> {
  return typeof value === 'string' && PARTICIPANT_ID.test(value) ? ok(value as ParticipantId) : refuse('malformed')
}

/** Wider than the API's own pattern, which samples of IVS break (IVS facts §12.19). */
export const SESSION_ID = /^[A-Za-z0-9_-]{1,64}$/

export function parseSessionId(value: unknown): Result<SessionId, 'malformed'> {
  return typeof value === 'string' && SESSION_ID.test(value) ? ok(value as SessionId) : refuse('malformed')
}

/** 1–128 well-formed characters, no control characters, none of `/ ? # % \`, not `.` or `..`: safe in a path segment as it is. */
export function parseUserId(value: unknown): Result<UserId, 'malformed'> {
  if (typeof value !== 'string' || value.length === 0 || value.length > MAX_USER_ID_LENGTH) return refuse('malformed')
  if (!value.isWellFormed() || USER_ID_FORBIDDEN.test(value) || value === '.' || value === '..')
    return refuse('malformed')
  return ok(value as UserId)
}
