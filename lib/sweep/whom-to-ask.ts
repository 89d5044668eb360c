import type { Attendee } from '../ivs/census.ts'
import type { Roster } from '../roster/roster.ts'

/** Of one stage at once: the rest of what is in doubt waits for the next sweep. */
const MAX_ASKED = 40

/**
 * Whether somebody publishes now, IVS says only when asked about each (IVS facts §5.5). First come those in doubt: who ever
 * published and is not on the roster, or is doubtful on it. Then the others, whoever was not asked about for longest.
 * @param asks how many are asked about even where nothing is in doubt
 */
export function whomToAsk(
  roster: Roster | undefined,
  attendees: readonly Attendee[],
  asks: number,
): readonly Attendee[] {
  const known = new Map(roster?.entries.map((entry) => [entry.participantId as string, entry]))
  const order = ({ participantId }: Attendee): number => {
    const entry = known.get(participantId)
    return entry === undefined || entry.doubtful ? 0 : entry.at
  }
  const published = attendees.filter(({ everPublished }) => everPublished)
  const doubts = published.filter((one) => order(one) === 0).length
  return published
    .toSorted((one, other) => order(one) - order(other))
    .slice(0, Math.max(asks, Math.min(doubts, MAX_ASKED)))
}
