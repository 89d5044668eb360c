import type { ParticipantId } from '../ids.ts'
import { type EpochMicros, type EpochMs, microsOf } from '../time.ts'
import { withinBounds } from './apply-event.ts'
import { type Minted, type Roster, type RosterChange, type RosterEntry, SWEEP_MARGIN_MS } from './roster.ts'

/** What IVS said about one stage when it was asked about everyone. */
export interface Sweep {
  /** When the asking began: nothing in it is known to be older, and nothing newer is claimed. */
  readonly at: EpochMs
  /** Absent: no session, nobody there. */
  readonly sessionId?: string
  readonly connected: ReadonlySet<ParticipantId>
  /**
   * Whether somebody publishes, of those who ever did: IVS was asked (IVS facts §5.5). `presumed` where it was not: what is
   * known stands. Who is not in here never published, or is not connected.
   */
  readonly publishing: ReadonlyMap<ParticipantId, Verdict>
  /** What our own records say of them. */
  readonly minted: ReadonlyMap<ParticipantId, Minted>
}

export type Verdict = 'presumed' | { readonly publishing: boolean; readonly at?: EpochMicros }

export interface Swept {
  readonly roster: Roster
  readonly changes: readonly RosterChange[]
  /** Something came in while IVS was asked, and contradicts it: it is to be asked again. */
  readonly doubtful: boolean
}

/**
 * The roster after a sweep: what IVS says, unless something is known that the sweep cannot have seen.
 * @param before the roster before IVS was asked: whatever was on it, the sweep has seen the outcome of, whatever the clocks say
 */
export function applySweep(roster: Roster, sweep: Sweep, before: Roster | undefined): Swept {
  const known = new Set(roster.entries.map(({ participantId }) => participantId))
  const settled = roster.entries.map((entry) => afterSweep(entry, sweep, before))
  const found = [...sweep.publishing].flatMap(([id, verdict]) => {
    if (known.has(id)) return []
    if (verdict === 'presumed') return [unasked(id, sweep)]
    return verdict.publishing ? [newEntry(id, verdict, sweep)] : []
  })
  const entries = withinBounds([...settled, ...found])
  const earlier = new Map(roster.entries.map((entry) => [entry.participantId, entry]))
  const { sessionId, liveSince, ...rest } = roster
  return {
    roster: {
      ...rest,
      ...(sweep.sessionId !== undefined && { sessionId: sweep.sessionId }),
      ...(liveSince !== undefined && sweep.sessionId === sessionId && { liveSince }),
      version: roster.version + 1,
      entries,
      audience: sweep.connected.size,
      asOf: Math.max(sweep.at, roster.asOf),
      sweptAt: sweep.at,
    },
    changes: entries.flatMap((entry) => changeOf(earlier.get(entry.participantId), entry)),
    doubtful: entries.some(({ doubtful }) => doubtful),
  }
}

function afterSweep(entry: RosterEntry, sweep: Sweep, before: Roster | undefined): RosterEntry {
  const connected = sweep.connected.has(entry.participantId)
  const verdict = connected ? (sweep.publishing.get(entry.participantId) ?? NEVER) : NEVER
  const minted = sweep.minted.get(entry.participantId) ?? entry.minted
  if (verdict === 'presumed') return { ...entry, connected: true, ...(minted !== undefined && { minted }) }
  if (entry.publishing === verdict.publishing) return settledEntry(entry, verdict, sweep)
  const since = microsOf(sweep.at)
  const margin = microsOf(SWEEP_MARGIN_MS)
  if (entry.at > since + margin) return entry
  const wasKnown = before?.entries.some((one) => isSame(one, entry)) ?? false
  // IVS's lists may lag behind its events: what is as young as that, and not in doubt yet, is asked about once more.
  const isYoung = entry.at > since - margin && entry.doubtful === undefined
  return wasKnown && !isYoung ? settledEntry(entry, verdict, sweep) : { ...entry, doubtful: true }
}

const NEVER: Verdict = { publishing: false }

const isSame = (one: RosterEntry, other: RosterEntry): boolean =>
  one.participantId === other.participantId &&
  one.at === other.at &&
  one.publishing === other.publishing &&
  one.doubtful === other.doubtful

type Told = Exclude<Verdict, 'presumed'>

/** Who does not publish stays as a tombstone, so that an event from before the sweep finds that it is late. */
function settledEntry(entry: RosterEntry, verdict: Told, sweep: Sweep): RosterEntry {
  const { publishedAt: earlier, doubtful: _, ...rest } = entry
  const at = Math.max(entry.at, microsOf(sweep.at))
  const minted = sweep.minted.get(entry.participantId) ?? entry.minted
  const publishedAt = verdict.publishing ? ((entry.publishing ? earlier : undefined) ?? verdict.at ?? at) : undefined
  return {
    ...rest,
    publishing: verdict.publishing,
    connected: sweep.connected.has(entry.participantId),
    at,
    precise: true,
    ...(minted !== undefined && { minted }),
    ...(publishedAt !== undefined && { publishedAt }),
  }
}

function newEntry(participantId: ParticipantId, verdict: Told, sweep: Sweep): RosterEntry {
  const at = microsOf(sweep.at)
  const blank = { participantId, publishing: false, connected: true, at, precise: true }
  return settledEntry(blank, verdict, sweep)
}

/** Published once, and nobody knows whether now: whatever is heard of it counts, however old, and it is asked about first. */
function unasked(participantId: ParticipantId, { minted }: Sweep): RosterEntry {
  const who = minted.get(participantId)
  const entry = { participantId, publishing: false, connected: true, at: 0, precise: false }
  return { ...entry, ...(who !== undefined && { minted: who }) }
}

function changeOf(before: RosterEntry | undefined, after: RosterEntry): RosterChange[] {
  const { participantId, at, minted } = after
  const change = { participantId, at, ...(minted !== undefined && { minted }) }
  if ((before?.publishing ?? false) !== after.publishing) {
    return [{ ...change, kind: after.publishing ? 'published' : 'unpublished' }]
  }
  return before?.connected === true && !after.connected ? [{ ...change, kind: 'disconnected' }] : []
}
