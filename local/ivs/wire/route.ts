import { IvsException, invalid } from '../exception.ts'
import type { IvsRequest } from '../face.ts'
import type { Members } from '../model/shape.ts'
import type { Operation, Service } from './service.ts'

export interface Routed {
  readonly operation: Operation
  readonly path: Readonly<Record<string, string>>
}

type PathRequest = Pick<IvsRequest, 'method' | 'path'>
const LABEL = /\{(\w+)\}/

/** The operation a method and path name; undefined where there is none. */
export type Router = (request: PathRequest) => Routed | undefined

/** Plain paths are looked up, the few with a label are tried in turn. */
export function createRouter(service: Service): Router {
  const plain = new Map<string, Operation>()
  const labelled: { operation: Operation; label: string; pattern: RegExp }[] = []
  for (const operation of service.operations.values()) {
    const label = LABEL.exec(operation.row.path)?.[1]
    if (label === undefined) plain.set(`${operation.row.method} ${operation.row.path}`, operation)
    else labelled.push({ operation, label, pattern: new RegExp(`^${operation.row.path.replace(LABEL, '([^/]+)')}$`) })
  }
  return ({ method, path }) => {
    const operation = plain.get(`${method} ${path}`)
    if (operation) return { operation, path: {} }
    for (const { operation, label, pattern } of labelled) {
      const match = operation.row.method === method ? pattern.exec(path) : null
      const value = match && decode(match[1] ?? '')
      if (value) return { operation, path: { [label]: value } }
    }
    return undefined
  }
}

function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment)
  } catch {
    return undefined
  }
}

const isBodyless = (members: Members) => Object.values(members).every((shape) => shape.in !== undefined)

/** Every input member a request holds, wherever it travels, unchecked. Throws for a body that is no JSON object. */
export function gather(request: IvsRequest, { operation, path }: Routed): Record<string, unknown> {
  const { input } = operation.row
  const raw: Record<string, unknown> = isBodyless(input) ? {} : { ...parseBody(request.body) }
  const query = new URLSearchParams(request.query)
  for (const [name, shape] of Object.entries(input)) {
    if (shape.in === undefined) continue
    delete raw[name]
    const values = query.getAll(name)
    if (shape.in === 'path') raw[name] = path[name]
    else if (values.length > 0) raw[name] = shape.kind === 'list' ? values : values[0]
  }
  return raw
}

function parseBody(body: Uint8Array): Readonly<Record<string, unknown>> {
  if (body.length === 0) return {}
  let parsed: unknown
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    throw invalid('The request body is not JSON.')
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw invalid('The request body is not a JSON object.')
  return parsed as Readonly<Record<string, unknown>>
}

export const unknownOperation = (): IvsException =>
  new IvsException('UnknownOperation', 'No operation answers to this method and path.')
