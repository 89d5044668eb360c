import type { AttributeValue } from '@aws-sdk/client-dynamodb'

/** What our items hold. A `Set` is a string set, which DynamoDB does not store empty: an empty one is left out. */
export type ItemValue =
  | string
  | number
  | boolean
  | ReadonlySet<string>
  | readonly ItemValue[]
  | { readonly [name: string]: ItemValue | undefined }

export type Item = Record<string, ItemValue | undefined>
export type WireItem = Record<string, AttributeValue>

export function toWire(value: ItemValue): AttributeValue {
  if (typeof value === 'string') return { S: value }
  if (typeof value === 'number') return { N: String(value) }
  if (typeof value === 'boolean') return { BOOL: value }
  if (isSet(value)) return { SS: [...value] }
  if (isList(value)) return { L: value.map(toWire) }
  return { M: toWireItem(value) }
}

/** Absent stays absent: neither `undefined` nor an empty set reaches the table. */
export function toWireItem(item: { readonly [name: string]: ItemValue | undefined }): WireItem {
  const wire: WireItem = {}
  for (const [name, value] of Object.entries(item)) {
    if (value === undefined || (isSet(value) && value.size === 0)) continue
    wire[name] = toWire(value)
  }
  return wire
}

function fromWire(value: AttributeValue): ItemValue {
  if (value.S !== undefined) return value.S
  if (value.N !== undefined) return Number(value.N)
  if (value.BOOL !== undefined) return value.BOOL
  if (value.SS !== undefined) return new Set(value.SS)
  if (value.L !== undefined) return value.L.map(fromWire)
  if (value.M !== undefined) return fromWireItem(value.M)
  throw new Error('an item holds a type that is never written')
}

export function fromWireItem(wire: WireItem): Item {
  const item: Item = Object.create(null)
  for (const [name, value] of Object.entries(wire)) item[name] = fromWire(value)
  return item
}

const isSet = (value: ItemValue | undefined): value is ReadonlySet<string> => value instanceof Set
const isList = (value: ItemValue): value is readonly ItemValue[] => Array.isArray(value)

export const stringOf = (value: ItemValue | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined
export const numberOf = (value: ItemValue | undefined): number | undefined =>
  typeof value === 'number' ? value : undefined
export const setOf = (value: ItemValue | undefined): ReadonlySet<string> => (isSet(value) ? value : new Set())
export const mapOf = (value: ItemValue | undefined): { readonly [name: string]: ItemValue | undefined } =>
  typeof value === 'object' && !isSet(value) && !isList(value) ? value : {}
export const listOf = (value: ItemValue | undefined): readonly ItemValue[] =>
  value !== undefined && isList(value) ? value : []
/** The texts of a map, whatever else it holds. */
export const textsOf = (value: ItemValue | undefined): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(mapOf(value)).flatMap(([name, text]) => (typeof text === 'string' ? [[name, text]] : [])),
  )
