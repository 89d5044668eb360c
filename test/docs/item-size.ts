import { type ItemValue, mapOf } from '../../lib/storage/attribute-values.dynamodb.ts'
import type { Key } from '../../lib/storage/table.dynamodb.ts'

const utf8 = (text: string): number => Buffer.byteLength(text, 'utf8')
/** A byte for two significant digits, one more for exponent and sign. */
const numberBytes = (value: number): number =>
  Math.ceil(
    String(Math.abs(value))
      .replace('.', '')
      .replace(/^0+|0+$/g, '').length / 2,
  ) + 1
const NESTED_BYTES = 3
const isSet = (value: unknown): value is ReadonlySet<string> => value instanceof Set

function valueBytes(value: ItemValue): number {
  if (typeof value === 'string') return utf8(value)
  if (typeof value === 'number') return numberBytes(value)
  if (typeof value === 'boolean') return 1
  if (isSet(value)) return [...value].reduce((sum, element) => sum + utf8(element), 0)
  if (Array.isArray(value)) {
    return value.reduce((sum: number, element: ItemValue) => sum + 1 + valueBytes(element), NESTED_BYTES)
  }
  const present = Object.entries(mapOf(value)).filter(([, element]) => element !== undefined)
  return present.reduce((sum, [name, element]) => sum + 1 + utf8(name) + valueBytes(element ?? ''), NESTED_BYTES)
}

/** Bytes of an item by the rules AWS publishes ("DynamoDB item sizes and formats"): names count as much as values. */
export function itemBytes(key: Key, item: Readonly<Record<string, ItemValue | undefined>>): number {
  const written = Object.entries({ ...item, ...key }).filter(
    ([, value]) => value !== undefined && !(isSet(value) && value.size === 0),
  )
  return written.reduce((sum, [name, value]) => sum + utf8(name) + valueBytes(value ?? ''), 0)
}
