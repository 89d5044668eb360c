import type { Described, IvsRequest } from '../face.ts'
import { gather, type Router } from './route.ts'

const isText = (value: unknown): value is string => typeof value === 'string'

function tagsIn(raw: Readonly<Record<string, unknown>>): Record<string, string> | undefined {
  if (typeof raw.tags !== 'object' || raw.tags === null) return undefined
  const entries = Object.entries(raw.tags).filter((entry): entry is [string, string] => isText(entry[1]))
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}

/** Which rights a request asks for, and on what. A body that cannot be read asks for the operation on nothing. */
export function describeRequest(
  route: Router,
  place: { readonly region: string; readonly account: string },
  request: IvsRequest,
): Described | undefined {
  const routed = route(request)
  if (!routed) return undefined
  const { name, row } = routed.operation
  let raw: Record<string, unknown> = {}
  try {
    raw = gather(request, routed)
  } catch {
    // The operation itself will answer for the body; a judge only needs to know that no resource was named.
  }
  const requestTags = tagsIn(raw)
  const tagsAtCreation = requestTags !== undefined && name !== 'TagResource'
  return {
    operation: name,
    actions: [`ivs:${name}`, ...(tagsAtCreation ? ['ivs:TagResource'] : [])],
    resourceArns:
      typeof row.on === 'string'
        ? [`arn:aws:ivs:${place.region}:${place.account}:${row.on}/*`]
        : row.on.map((member) => raw[member]).filter(isText),
    ...(requestTags ? { requestTags } : {}),
  }
}
