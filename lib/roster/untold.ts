import type { RosterHappening } from './roster.ts'

/**
 * More than this a roster does not carry of what could not be told: some fifty of the four hundred kilobytes that an item
 * may have. One that outgrew those could never be written again.
 */
const MAX_UNTOLD = 100

/** The same with more that did not get through. What waits already has nobody else to tell it, and stays. */
export const withMoreUntold = (
  waiting: readonly RosterHappening[],
  more: readonly RosterHappening[],
): readonly RosterHappening[] => [...waiting, ...more.slice(0, Math.max(0, MAX_UNTOLD - waiting.length))]

/** What a roster keeps of what waits to be told, oldest first: each once, and where there is too much, the latest. */
export function stillUntold(waiting: readonly RosterHappening[]): readonly RosterHappening[] {
  const each = new Map(waiting.map((one) => [one.id, one]))
  return [...each.values()].slice(-MAX_UNTOLD)
}
