import type { ParticipantId } from '../ids.ts'
import { type EpochMs, microsOf } from '../time.ts'
import { withinBounds } from './apply-event.ts'
import type { Minted, Roster, RosterChange, RosterEntry } from './roster.ts'

/** What IVS said about one stage when it was asked about everyone. */
export interface Sweep {
  /** When the asking began: nothing in it is known to be older, and nothing newer is claimed. */
  readonly at: EpochMs
  /** Absent: no session, nobody there. */
  readonly sessionId?: string
  readonly audience: number
  /** Everyone who publishes now: latest of PUBLISH_STARTED and PUBLISH_STOPPED, and connected (IVS facts §5.5). */
  readonly publishing: readonly { readonly participantId: ParticipantId; readonly minted?: Minted }[]
  /** Of those on the roster, who is connected. */
  readonly connected: ReadonlySet<ParticipantId>
}

/**
 * The roster after a sweep: exactly what IVS says, with events since the sweep began left standing, because the sweep may
 * not have seen what they tell.
 */
export function applySweep(
  roster: Roster,
  sweep: Sweep,
): { readonly roster: Roster; readonly changes: readonly RosterChange[] } {
  const since = microsOf(sweep.at)
  const isNewer = (entry: RosterEntry): boolean => entry.at > since && entry.doubtful === undefined
  const newer = roster.entries.filter(isNewer)
  const swept = new Set(sweep.publishing.map(({ participantId }) => participantId))
  const before = new Map(roster.entries.map((entry) => [entry.participantId, entry]))
  const isSettled = (id: ParticipantId): boolean => !newer.some(({ participantId }) => participantId === id)

  const publishing = sweep.publishing
    .filter(({ participantId }) => isSettled(participantId))
    .map(({ participantId, minted }) => publishingEntry(before.get(participantId), participantId, minted, since))
  const stopped = roster.entries
    .filter(({ participantId }) => isSettled(participantId) && !swept.has(participantId))
    .map((entry) => stoppedEntry(entry, sweep, since))
  const entries = withinBounds([...newer, ...publishing, ...stopped])
  const changes = entries.flatMap((entry) => changeOf(before.get(entry.participantId), entry))
  const { sessionId: _, ...rest } = roster
  return {
    roster: {
      ...rest,
      ...(sweep.sessionId !== undefined && { sessionId: sweep.sessionId }),
      version: roster.version + 1,
      entries,
      audience: sweep.audience,
      asOf: Math.max(sweep.at, ...newer.map(({ at }) => Math.floor(at / 1000))),
      sweptAt: sweep.at,
    },
    changes,
  }
}

function publishingEntry(
  known: RosterEntry | undefined,
  participantId: ParticipantId,
  minted: Minted | undefined,
  since: number,
): RosterEntry {
  const who = minted ?? known?.minted
  const publishedAt = known?.publishing ? (known.publishedAt ?? since) : since
  const entry = { participantId, publishing: true, connected: true, publishedAt, at: since, precise: true }
  return who === undefined ? entry : { ...entry, minted: who }
}

/** Stays as a tombstone, so that an event from before the sweep finds that it is late. */
function stoppedEntry(entry: RosterEntry, sweep: Sweep, since: number): RosterEntry {
  const { publishedAt: _, doubtful: __, ...rest } = entry
  return { ...rest, publishing: false, connected: sweep.connected.has(entry.participantId), at: since, precise: true }
}

function changeOf(before: RosterEntry | undefined, after: RosterEntry): RosterChange[] {
  const { participantId, at, minted } = after
  const change = { participantId, at, ...(minted !== undefined && { minted }) }
  if ((before?.publishing ?? false) !== after.publishing) {
    return [{ ...change, kind: after.publishing ? 'published' : 'unpublished' }]
  }
  return before?.connected === true && !after.connected ? [{ ...change, kind: 'disconnected' }] : []
}
