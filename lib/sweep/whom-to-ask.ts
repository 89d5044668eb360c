import type { ParticipantId } from '../ids.ts'
import type { Attendee } from '../ivs/census.ts'
import type { Roster } from '../roster/roster.ts'
import { type EpochMs, microsOf } from '../time.ts'
import type { Answers } from './ask-stage.ts'

/** From when on IVS is to be asked about somebody again, by id. */
export type AskFrom = ReadonlyMap<string, EpochMs>

/** Beyond what is shared out, so that what is in doubt waits for nobody. */
const MAX_DOUBTS = 4

/**
 * Whether somebody publishes now, IVS says only when asked about each (IVS facts §5.5). First come those in doubt, then who
 * ever published and is not on the roster, then the others, whoever was not asked about for longest. Nobody is first again
 * and again: of whom the roster cannot say that they were asked about, `askFrom` does.
 * @param asks how many there is room for among all stages; a few in doubt come on top
 * @param askFrom as `askFromOf` answered after the last sweep
 */
export function whomToAsk(
  roster: Roster | undefined,
  attendees: readonly Attendee[],
  asks: number,
  askFrom: AskFrom = new Map(),
): readonly Attendee[] {
  const known = new Map(roster?.entries.map((entry) => [entry.participantId as string, entry]))
  const order = ({ participantId }: Attendee): number => {
    const entry = known.get(participantId)
    const asked = microsOf(askFrom.get(participantId) ?? 0)
    return entry?.doubtful && entry.at > asked ? -1 : Math.max(entry?.at ?? 0, asked)
  }
  const published = attendees.filter(({ everPublished }) => everPublished)
  const doubts = published.filter((one) => order(one) < 0).length
  return published
    .toSorted((one, other) => order(one) - order(other))
    .slice(0, Math.max(asks, Math.min(doubts, MAX_DOUBTS)))
}

/** From when on this one is to be asked about again, where the roster does not say that they were. */
export function askFromOf(
  id: ParticipantId,
  { at, doings, inVain }: Answers,
  roster: Roster,
  earlier: AskFrom,
): EpochMs | undefined {
  if (!doings.has(id)) return inVain.get(id) ?? earlier.get(id)
  return roster.entries.some(({ participantId }) => participantId === id) ? undefined : at
}
