import type { Attendee } from '../ivs/census.ts'
import type { Roster } from '../roster/roster.ts'

/** Beyond what is shared out, so that what is in doubt waits for nobody. */
const MAX_DOUBTS = 4

/**
 * Whether somebody publishes now, IVS says only when asked about each (IVS facts §5.5). First come those in doubt, then who
 * ever published and is not on the roster, then the others, whoever was not asked about for longest.
 * @param asks how many there is room for among all stages; a few in doubt come on top
 */
export function whomToAsk(
  roster: Roster | undefined,
  attendees: readonly Attendee[],
  asks: number,
): readonly Attendee[] {
  const known = new Map(roster?.entries.map((entry) => [entry.participantId as string, entry]))
  const order = ({ participantId }: Attendee): number => {
    const entry = known.get(participantId)
    return entry?.doubtful ? -1 : (entry?.at ?? 0)
  }
  const published = attendees.filter(({ everPublished }) => everPublished)
  const doubts = published.filter((one) => order(one) < 0).length
  return published
    .toSorted((one, other) => order(one) - order(other))
    .slice(0, Math.max(asks, Math.min(doubts, MAX_DOUBTS)))
}
