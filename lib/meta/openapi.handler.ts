import { createHash } from 'node:crypto'
import { etagOf, isNotModified } from '../http/etag.ts'
import { implementOpen } from '../http/operation.ts'
import type { Routes } from '../http/route.ts'
import { ok } from '../result.ts'
import { openApiOperation } from './meta.contract.ts'

/** `GET /v1/openapi.json`: the document as it was when the function was built. */
export function openApiRoute(document: object): Routes {
  const hash = createHash('sha256').update(JSON.stringify(document)).digest('base64url')
  const headers = { ETag: etagOf(hash) }
  return implementOpen(openApiOperation, async (call) =>
    isNotModified(call.headers['if-none-match'], headers.ETag)
      ? ok({ status: 304, headers })
      : ok({ status: 200, headers, body: document }),
  )
}
