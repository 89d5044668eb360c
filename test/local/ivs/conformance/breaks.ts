/** Operation → member → values that each break one of its constraints. `undefined`: the member is left out. */
export type Breaks = Readonly<Record<string, Readonly<Record<string, readonly unknown[]>>>>

export const text = (length: number): string => 'a'.repeat(length)
export const entries = (count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`key${index}`, 'value']))

const isMany = (value: unknown): value is { many: number } =>
  typeof value === 'object' && value !== null && 'many' in value

/** A copy of `input` with one member replaced; what is missing on the way there is made. `{ many: n }`: a list of that length. */
export function withBroken(input: object, path: string, value: unknown): Record<string, unknown> {
  const copy = structuredClone(input) as Record<string, unknown>
  const steps = path.split('.')
  const last = steps.pop() ?? ''
  let at = copy
  for (const [index, step] of steps.entries()) {
    at[step] ??= /^\d+$/.test(steps[index + 1] ?? last) ? [] : {}
    at = at[step] as Record<string, unknown>
  }
  if (value === undefined) delete at[last]
  else at[last] = isMany(value) ? listOf(at[last], value.many) : value
  return copy
}

function listOf(valid: unknown, length: number): unknown[] {
  const [first] = Array.isArray(valid) ? valid : ['valid']
  return Array.from({ length }, () => first)
}
