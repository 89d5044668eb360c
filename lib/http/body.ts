import httpJsonBodyParser from '@middy/http-json-body-parser'
import { ok, type Result, refuse } from '../result.ts'
import type { EdgeRefusal } from './problem.ts'

/** Far above what any request of ours needs; far below what costs time to parse. */
const MAX_BODY_BYTES = 16 * 1024

export interface RawBody {
  readonly body?: string
  readonly isBase64Encoded: boolean
  readonly contentType: string | undefined
}

const parser = httpJsonBodyParser()
/** `ignoreBOM` keeps a byte order mark in the text, where JSON does not allow it (RFC 8259 §8.1). */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The body's JSON value. An empty body is `{}` and needs no content type. */
export function readBody(raw: RawBody): Result<unknown, EdgeRefusal> {
  const bytes = Buffer.from(raw.body ?? '', raw.isBase64Encoded ? 'base64' : 'utf8')
  if (bytes.length > MAX_BODY_BYTES) return refuse({ code: 'body_too_large' })
  if (bytes.length === 0) return ok({})
  const text = textOf(bytes)
  return text === undefined ? refuse({ code: 'malformed_json' }) : parseJson(text, raw.contentType)
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}

function parseJson(text: string, contentType: string | undefined): Result<unknown, EdgeRefusal> {
  const event = { headers: { 'content-type': contentType }, body: text as unknown, isBase64Encoded: false }
  try {
    parser.before?.({ event } as never)
    return ok(event.body)
  } catch (error) {
    if ((error as { statusCode?: unknown }).statusCode === 415) return refuse({ code: 'unsupported_media_type' })
  }
  // The parser stops at the first reserved name. `findBadText` points at every one, so here the value is read as it is.
  try {
    return ok(JSON.parse(text))
  } catch {
    return refuse({ code: 'malformed_json' })
  }
}
