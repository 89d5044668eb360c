import { isRecord } from './claims.ts'

export interface Jws {
  readonly header: Readonly<Record<string, unknown>>
  readonly payload: Readonly<Record<string, unknown>>
  readonly signed: string
  readonly signature: Buffer
}

const BASE64URL = /^[A-Za-z0-9_-]+$/

/** The three parts of a compact JWS (RFC 7515 §7.1), nothing about them verified; undefined for anything else. */
export function splitUnverified(token: string): Jws | undefined {
  const parts = token.split('.')
  const [header = '', payload = '', signature = ''] = parts
  if (parts.length !== 3 || !parts.every((part) => BASE64URL.test(part))) return undefined
  const [head, body] = [jsonOf(header), jsonOf(payload)]
  const bytes = Buffer.from(signature, 'base64url')
  // A second spelling of the same bytes would be a second token with one signature.
  if (bytes.toString('base64url') !== signature || !head || !body) return undefined
  return { header: head, payload: body, signed: `${header}.${payload}`, signature: bytes }
}

function jsonOf(part: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(part, 'base64url'))
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}
