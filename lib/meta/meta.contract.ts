import * as z from 'zod/mini'
import type { Operation } from '../http/operation.ts'

export const Health = z.object({ status: z.literal('ok'), version: z.string(), features: z.array(z.string()) })
export type Health = z.infer<typeof Health>

/** An OpenAPI 3.1 document, described no further: it describes itself. */
export const ApiDocument = z.looseObject({ openapi: z.string() })

export const healthOperation = {
  method: 'GET',
  path: '/v1/health',
  id: 'health',
  summary: 'Whether the API answers',
  description: 'Says which version is deployed and which optional features it has. Looks at nothing behind the API.',
  bearer: false,
  answers: { 200: { description: 'It does.', body: Health } },
  codes: [],
} as const satisfies Operation

export const openApiOperation = {
  method: 'GET',
  path: '/v1/openapi.json',
  id: 'openApi',
  summary: 'This document',
  description: 'The OpenAPI 3.1 document of the deployed version.',
  bearer: false,
  headers: ['If-None-Match'],
  answers: {
    200: { description: 'The document.', body: ApiDocument, headers: ['ETag'] },
    304: { description: 'It has not changed.', headers: ['ETag'] },
  },
  codes: [],
} as const satisfies Operation
