import * as z from 'zod/mini'
import type { FaultCode } from '../fault.ts'
import type { RefusalCode } from '../refusal.ts'
import type { Answer, Handle, OpenHandle, PathOf, Routes } from './route.ts'

/** One way an operation can succeed, as the OpenAPI document says it. */
export interface AnswerContract {
  readonly description: string
  /** Absent: no body. */
  readonly body?: z.ZodMiniType
  /** Names of headers beyond those every answer carries; described in openapi-parameters.ts. */
  readonly headers?: readonly HeaderName[]
}

export type HeaderName = 'Idempotency-Replayed' | 'ETag' | 'Location'
export type RequestHeaderName = 'Idempotency-Key' | 'If-Match' | 'If-None-Match'

/**
 * One operation of the API, declared once: the stack validates by it, and the OpenAPI document is generated from it.
 * `codes` are the refusals of its use case and the faults of IVS; what any route may answer (openapi-problems.ts) follows
 * from the rest.
 */
export interface Operation<Path extends string = string, Body = unknown> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: Path
  readonly id: string
  readonly summary: string
  readonly description: string
  /** Asks for a login. */
  readonly bearer: boolean
  /** Absent: only an empty body (or `{}`) is taken. */
  readonly body?: z.ZodMiniType<Body>
  /** Absent: no query parameter is taken. */
  readonly query?: z.ZodMiniType<Readonly<Record<string, string>>>
  readonly headers?: readonly RequestHeaderName[]
  readonly answers: Readonly<Partial<Record<Answer['status'], AnswerContract>>>
  readonly codes: readonly (RefusalCode | FaultCode)[]
}

const NOTHING = z.strictObject({})

export const routeKeyOf = (operation: Pick<Operation, 'method' | 'path'>): string =>
  `${operation.method} ${operation.path}`

/** The route of an operation behind a login: spread it into the table given to `createEndpoint`. */
export function implement<Path extends string, Body>(
  operation: Operation<Path, Body> & { readonly bearer: true },
  handle: Handle<Body, PathOf<Path>>,
): Routes {
  return routeOf(operation, handle)
}

/** The route of an operation that anyone may call: its handler is given no caller. */
export function implementOpen<Path extends string, Body>(
  operation: Operation<Path, Body> & { readonly bearer: false },
  handle: OpenHandle<Body, PathOf<Path>>,
): Routes {
  return routeOf(operation, handle)
}

function routeOf(operation: Operation, handle: Handle<never, never>): Routes {
  const { bearer, body = NOTHING, query = NOTHING } = operation
  return { [routeKeyOf(operation)]: { bearer, body, query: query as Routes[string]['query'], handle } }
}
