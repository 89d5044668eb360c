import { invalid } from '../exception.ts'
import type { Members, Shape } from '../model/shape.ts'

type Sized = Extract<Shape, { readonly min?: number; readonly max?: number }>

const unmet = (at: string, rule: string) =>
  invalid(`1 validation error detected: Value at '${at}' failed to satisfy constraint: ${rule}`)

/**
 * The members of a request that the model knows, with every constraint met; unknown ones and nulls are left out.
 * Throws a ValidationException for the first that is not. Lengths of text count UTF-16 units.
 */
export function checkMembers(
  members: Members,
  raw: Readonly<Record<string, unknown>>,
  at = '',
): Record<string, unknown> {
  const checked: Record<string, unknown> = {}
  for (const [name, shape] of Object.entries(members)) {
    const value = Object.hasOwn(raw, name) ? raw[name] : undefined
    const where = at === '' ? name : `${at}.${name}`
    if (value === undefined || value === null) {
      if (shape.required) throw unmet(where, 'Member must not be null')
    } else checked[name] = checkValue(shape, value, where)
  }
  return checked
}

function checkValue(shape: Shape, value: unknown, at: string): unknown {
  switch (shape.kind) {
    case 'string':
      return checkString(shape, value, at)
    case 'enum':
      if (typeof value === 'string' && shape.values.includes(value)) return value
      throw unmet(at, `Member must satisfy enum value set: [${shape.values.join(', ')}]`)
    case 'integer':
    case 'number':
      return checkNumber(shape, value, at)
    case 'boolean':
      if (typeof value === 'boolean') return value
      throw unmet(at, 'Member must be a boolean')
    case 'timestamp':
      if (typeof value === 'string' && !Number.isNaN(Date.parse(value))) return value
      throw unmet(at, 'Member must be a timestamp')
    case 'list':
      return checkList(shape, value, at)
    case 'map':
      return checkMap(shape, value, at)
    case 'structure':
      return checkMembers(shape.members, record(value, at), at)
  }
}

function checkString(shape: Extract<Shape, { kind: 'string' }>, value: unknown, at: string): string {
  if (typeof value !== 'string' || !value.isWellFormed()) throw unmet(at, 'Member must be a string')
  checkSize(shape, value.length, at, 'length')
  if (shape.pattern && !shape.pattern.test(value))
    throw unmet(at, `Member must satisfy regular expression pattern: ${shape.pattern.source}`)
  return value
}

function checkNumber(shape: Extract<Shape, { kind: 'integer' | 'number' }>, value: unknown, at: string): number {
  if (typeof value !== 'number' || (shape.kind === 'integer' && !Number.isSafeInteger(value)))
    throw unmet(at, shape.kind === 'integer' ? 'Member must be an integer' : 'Member must be a number')
  checkSize(shape, value, at, 'value')
  return value
}

function checkList(shape: Extract<Shape, { kind: 'list' }>, value: unknown, at: string): unknown[] {
  if (!Array.isArray(value)) throw unmet(at, 'Member must be a list')
  checkSize(shape, value.length, at, 'length')
  return value.map((item, index) => checkValue(shape.of, item, `${at}.${index + 1}.member`))
}

function checkMap(shape: Extract<Shape, { kind: 'map' }>, value: unknown, at: string): Record<string, unknown> {
  const entries = Object.entries(record(value, at)).filter(([, item]) => item !== null)
  checkSize(shape, entries.length, at, 'length')
  const checked = entries.map(([key, item]) => [
    checkValue(shape.key, key, `${at}.key`),
    checkValue(shape.of, item, `${at}.value`),
  ])
  return Object.fromEntries(checked)
}

function checkSize(shape: Sized, size: number, at: string, measure: 'length' | 'value'): void {
  if ('min' in shape && shape.min !== undefined && size < shape.min)
    throw unmet(at, `Member must have ${measure} greater than or equal to ${shape.min}`)
  if ('max' in shape && shape.max !== undefined && size > shape.max)
    throw unmet(at, `Member must have ${measure} less than or equal to ${shape.max}`)
}

function record(value: unknown, at: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unmet(at, 'Member must be an object')
  return value as Record<string, unknown>
}
