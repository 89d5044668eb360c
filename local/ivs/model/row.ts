import type { Members, StructureOf } from './shape.ts'

/** The exceptions of the service model in the short form the operation tables use. */
export const errorNames = {
  V: 'ValidationException',
  AD: 'AccessDeniedException',
  PV: 'PendingVerification',
  NF: 'ResourceNotFoundException',
  C: 'ConflictException',
  SQ: 'ServiceQuotaExceededException',
  IS: 'InternalServerException',
} as const

/** An operation. Its effect stands beside it in a service, under the same name. */
export interface Row {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** With `{member}` where an input member is a path segment. */
  readonly path: string
  /** 204 for an operation that answers without a body; 200 otherwise. */
  readonly status?: 204
  /** Calls a second the service allows an account in a region. */
  readonly tps: number
  readonly input: Members
  readonly output: Members
  /** Keys of `errorNames`, in the order of the operation tables. */
  readonly errors: string
  /** What the caller needs a right on: input members that hold ARNs, or the kind of resource (`stage`) where it is all of them. */
  readonly on: readonly string[] | string
}

type RowOf<I extends Members, O extends Members> = Omit<Row, 'input' | 'output'> & {
  readonly input: I
  readonly output: O
}

/** The form of every operation but the tagging ones: `POST /<Name>` with a JSON body. `path` is filled in from the name. */
export const row = <const I extends Members, const O extends Members>(
  short: Omit<RowOf<I, O>, 'method' | 'path'>,
): RowOf<I, O> => ({ method: 'POST', path: '', ...short })

export type Rows = Readonly<Record<string, Row>>
export type InputOf<R> = R extends { readonly input: infer I extends Members } ? StructureOf<I> : never
export type OutputOf<R> = R extends { readonly output: infer O extends Members } ? StructureOf<O> : never
