import { ok, type Result, refuse } from '../result.ts'
import { parseStrictJson } from './strict-json.ts'

export type Claims = Readonly<Record<string, unknown>>

/** A login taken apart. Nothing in it may be believed yet. */
export interface UnverifiedLogin {
  readonly compact: string
  readonly header: Claims & { readonly alg: string; readonly kid?: string }
  readonly claims: Claims
}

/** API Gateway takes 10,240 bytes of headers in all; real logins have one to three kilobytes. */
const MAX_HEADER_LENGTH = 8192
const MAX_KID_LENGTH = 256
const BEARER = /^bearer(?: +(.*))?$/is
/**
 * Header members that bring or name a key, or change how the token is to be read: no login needs them here
 * (RFC 8725 §3.10; `crit` and `b64`: RFC 7515 §4.1.11, RFC 7797).
 */
const REFUSED_MEMBERS = ['jku', 'jwk', 'x5u', 'x5c', 'crit', 'b64', 'zip', 'enc']
/** Tokens of another kind by the same issuer (a logout token, a proof) are no logins (RFC 8725 §3.11). */
const LOGIN_TYPES = ['jwt', 'at+jwt', 'application/jwt', 'application/at+jwt']

/**
 * Reads an `Authorization` header as one signed JWT in compact form, strictly: one reading of every byte, nothing that asks
 * us to look elsewhere. Two headers, which API Gateway joins by a comma, are refused like any other text.
 */
export function readLogin(
  authorization: string | undefined,
): Result<UnverifiedLogin, 'login_required' | 'login_invalid'> {
  const bearer = BEARER.exec(authorization ?? '')
  if (!bearer) return refuse('login_required')
  const compact = bearer[1] ?? ''
  if (compact === '') return refuse('login_required')
  if (compact.length > MAX_HEADER_LENGTH) return refuse('login_invalid')
  const [headerPart = '', claimsPart = '', signature = '', ...rest] = compact.split('.')
  const header = objectIn(headerPart)
  const claims = objectIn(claimsPart)
  if (!header || !claims || rest.length > 0 || !isHeader(header) || !bytesIn(signature)?.length) {
    return refuse('login_invalid')
  }
  return ok({ compact, header, claims })
}

function isHeader(header: Claims): header is UnverifiedLogin['header'] {
  const { alg, kid = '-', typ = 'JWT' } = header
  if (REFUSED_MEMBERS.some((name) => Object.hasOwn(header, name))) return false
  if (typeof alg !== 'string' || typeof kid !== 'string' || typeof typ !== 'string') return false
  return kid !== '' && kid.length <= MAX_KID_LENGTH && LOGIN_TYPES.includes(typ.toLowerCase())
}

function objectIn(part: string): Claims | undefined {
  const text = utf8Of(bytesIn(part))
  const json = text === undefined ? undefined : parseStrictJson(text)
  return json?.ok && isObject(json.value) ? json.value : undefined
}

/** Only the one canonical form: no padding, no other alphabet, no unused bits set. */
function bytesIn(part: string): Buffer | undefined {
  const bytes = Buffer.from(part, 'base64url')
  return bytes.toString('base64url') === part ? bytes : undefined
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function utf8Of(bytes: Buffer | undefined): string | undefined {
  try {
    return bytes && utf8.decode(bytes)
  } catch {
    return undefined
  }
}

export const isObject = (value: unknown): value is Claims =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
