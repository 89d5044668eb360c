import { isoOfMs, msOfMicros } from '../time.ts'
import type { Roster, RosterEntry } from './roster.ts'
import type { RosterAnswer } from './roster-answer.schema.ts'

/** The roster as anyone with a right on the stage is shown it: publishers first, then who stopped but is still there. */
export function rosterAnswer(roster: Roster): RosterAnswer {
  const there = roster.entries.filter(({ publishing, connected }) => publishing || connected)
  const items = [...there].sort(
    (one, other) =>
      Number(other.publishing) - Number(one.publishing) || (one.publishedAt ?? 0) - (other.publishedAt ?? 0),
  )
  return {
    items: items.map(itemOf),
    ...(roster.audience !== undefined && { audience: roster.audience }),
    asOf: isoOfMs(roster.asOf),
    version: roster.version,
  }
}

function itemOf(entry: RosterEntry): RosterAnswer['items'][number] {
  const { participantId, minted, publishing, connected, publishedAt } = entry
  return {
    participantId,
    ...(minted && { userId: minted.userId, role: minted.role, slot: minted.slot }),
    capabilities: [...(minted?.capabilities ?? [])],
    publishing,
    connected,
    ...(publishedAt !== undefined && { publishedAt: isoOfMs(msOfMicros(publishedAt)) }),
    attributes: { ...minted?.attributes, ...(minted && { role: minted.role }) },
    managed: minted !== undefined,
  }
}
