import { createHash } from 'node:crypto'
import type { StageEvent } from './stage-event.ts'

/**
 * What tells an event from others of its participant, name and instant, most of which have whole seconds: a hash of all that
 * it says. A redelivery says the same, also under another envelope's id.
 */
export function saidBy({ id: _, ...event }: StageEvent): string {
  return hashOf(event).slice(0, 16)
}

/** The same in whatever order the names of a value stand. */
export const hashOf = (value: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify(value, (_, inner) => (isObject(inner) ? inOrder(inner) : inner)))
    .digest('hex')

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const inOrder = (value: object): object =>
  Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)))
