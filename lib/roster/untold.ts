import type { RosterHappening } from './roster.ts'

/**
 * More than this a roster does not carry of what could not be told: some fifty of the four hundred kilobytes that an item
 * may have. One that outgrew those could never be written again.
 */
const MAX_UNTOLD = 100

/** What a roster keeps of what waits to be told, oldest first: each once, and where there is too much, the latest. */
export function stillUntold(waiting: readonly RosterHappening[]): readonly RosterHappening[] {
  const each = new Map(waiting.map((one) => [one.id, one]))
  return [...each.values()].slice(-MAX_UNTOLD)
}
