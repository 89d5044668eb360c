/**
 * The service model's vocabulary, small enough to read a row at a glance. A shape describes what travels (constraints) and,
 * by its type parameter, what an effect receives or returns.
 */
export interface Traits {
  readonly required?: boolean
  /** Where an input member travels when it is not in the JSON body. */
  readonly in?: 'path' | 'query'
}
export type Members = Readonly<Record<string, Shape>>

export type Shape<T = unknown> = Traits & { readonly type?: T } & (
    | { readonly kind: 'string'; readonly min?: number; readonly max?: number; readonly pattern?: RegExp }
    | { readonly kind: 'enum'; readonly values: readonly string[] }
    | { readonly kind: 'integer' | 'number'; readonly min?: number; readonly max?: number }
    | { readonly kind: 'boolean' }
    | { readonly kind: 'timestamp' }
    | { readonly kind: 'list'; readonly of: Shape; readonly min?: number; readonly max?: number }
    | { readonly kind: 'map'; readonly key: Shape; readonly of: Shape; readonly min?: number; readonly max?: number }
    | { readonly kind: 'structure'; readonly members: Members }
  )

/** The value a shape stands for. */
export type ValueOf<S> = S extends { readonly type?: infer T } ? Exclude<T, undefined> : never

type RequiredKeys<M> = { [K in keyof M]: M[K] extends { readonly required: true } ? K : never }[keyof M]
export type StructureOf<M extends Members> = {
  readonly [K in RequiredKeys<M>]: ValueOf<M[K]>
} & { readonly [K in Exclude<keyof M, RequiredKeys<M>>]?: ValueOf<M[K]> | undefined }

interface Bounds {
  readonly min?: number
  readonly max?: number
}

export const string = (bounds: Bounds & { readonly pattern?: RegExp } = {}): Shape<string> => ({
  kind: 'string',
  ...bounds,
})
export const oneOf = <const V extends readonly string[]>(...values: V): Shape<V[number]> => ({ kind: 'enum', values })
export const integer = (bounds: Bounds = {}): Shape<number> => ({ kind: 'integer', ...bounds })
export const number = (bounds: Bounds = {}): Shape<number> => ({ kind: 'number', ...bounds })
export const boolean: Shape<boolean> = { kind: 'boolean' }
/** ISO 8601 text on the wire. */
export const timestamp: Shape<string> = { kind: 'timestamp' }
export const list = <T>(of: Shape<T>, bounds: Bounds = {}): Shape<readonly T[]> => ({ kind: 'list', of, ...bounds })
export const map = (
  key: Shape<string>,
  of: Shape<string>,
  bounds: Bounds = {},
): Shape<Readonly<Record<string, string>>> => ({ kind: 'map', key, of, ...bounds })
export const structure = <const M extends Members>(members: M): Shape<StructureOf<M>> => ({
  kind: 'structure',
  members,
})

export const required = <T>(shape: Shape<T>): Shape<T> & { readonly required: true } => ({ ...shape, required: true })
export const inPath = <T>(shape: Shape<T>): Shape<T> => ({ ...shape, in: 'path' })
export const inQuery = <T>(shape: Shape<T>): Shape<T> => ({ ...shape, in: 'query' })
