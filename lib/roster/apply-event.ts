import { wholeSecond } from '../event/instant.ts'
import type { ParticipantId } from '../ids.ts'
import { type EpochMicros, type EpochMs, microsOf, msOfMicros } from '../time.ts'
import {
  MAX_ENTRIES,
  type Minted,
  type Roster,
  type RosterChange,
  type RosterEntry,
  SWEEP_MARGIN_MS,
} from './roster.ts'

/** That somebody started or stopped publishing, as an event says. */
export interface PublishingEvidence {
  readonly participantId: ParticipantId
  readonly sessionId: string
  readonly publishing: boolean
  readonly at: EpochMicros
  readonly precise: boolean
  /** Absent: not one of ours. */
  readonly minted?: Minted
}

export interface Applied {
  readonly roster: Roster
  /** Told to whoever follows the stage; empty where nothing changed. */
  readonly changes: readonly RosterChange[]
  /**
   * `applied`: the roster says so now. `repeated`: it did already, by this very evidence. `late`: something later is known.
   * `doubtful`: neither is later, or the last sweep may have seen it or not; IVS is to be asked.
   */
  readonly outcome: 'applied' | 'repeated' | 'late' | 'doubtful'
}

/** One piece of evidence against what is known. Pure; the later instant wins, and what cannot be told apart is not guessed. */
export function applyEvidence(roster: Roster, evidence: PublishingEvidence): Applied {
  const known = roster.entries.find(({ participantId }) => participantId === evidence.participantId)
  if (isBeforeSweep(roster, evidence, known)) return { roster, changes: [], outcome: 'late' }
  if (known !== undefined && known.at === evidence.at && known.publishing === evidence.publishing && !known.doubtful) {
    return { roster, changes: [], outcome: 'repeated' }
  }
  if (isNearSweep(roster, evidence, known) || (known !== undefined && isTie(known, evidence))) {
    return contradicts(known, evidence) ? doubted(roster, evidence, known) : confirmed(roster, evidence, known)
  }
  if (known !== undefined && known.at > evidence.at) return { roster, changes: [], outcome: 'late' }
  return confirmed(roster, evidence, known)
}

type Known = RosterEntry | undefined

const isBeforeSweep = (roster: Roster, { at }: PublishingEvidence, known: Known): boolean =>
  isSwept(roster, known) && at < microsOf(roster.sweptAt - SWEEP_MARGIN_MS)

const isNearSweep = (roster: Roster, { at }: PublishingEvidence, known: Known): boolean =>
  isSwept(roster, known) && at <= microsOf(roster.sweptAt + SWEEP_MARGIN_MS)

/** Whether the last sweep says something of this one: of who ever published, IVS is not asked about everyone each time. */
const isSwept = (roster: Roster, known: Known): roster is Roster & { readonly sweptAt: EpochMs } =>
  roster.sweptAt !== undefined && (known === undefined || known.at >= microsOf(roster.sweptAt))

/** Both say when to the fraction, or they are told apart by the second alone. */
function isTie(known: RosterEntry, { at, precise }: PublishingEvidence): boolean {
  return known.precise && precise ? known.at === at : wholeSecond(known.at) === wholeSecond(at)
}

const contradicts = (known: RosterEntry | undefined, { publishing }: PublishingEvidence): boolean =>
  (known?.publishing ?? false) !== publishing || known?.doubtful === true

function confirmed(roster: Roster, evidence: PublishingEvidence, known: RosterEntry | undefined): Applied {
  const changed = (known?.publishing ?? false) !== evidence.publishing
  const at = Math.max(known?.at ?? 0, evidence.at)
  const publishedAt = evidence.publishing ? (changed ? evidence.at : known?.publishedAt) : undefined
  const entry: RosterEntry = {
    participantId: evidence.participantId,
    publishing: evidence.publishing,
    // Who stops publishing may stay to watch; who publishes is there.
    connected: evidence.publishing || (known?.connected ?? false),
    at,
    precise: evidence.precise,
    ...minted(evidence.minted ?? known?.minted),
    ...(publishedAt !== undefined && { publishedAt }),
  }
  const next = inSession(withEntry(roster, entry, evidence), evidence)
  if (!changed) return { roster: next, changes: [], outcome: 'applied' }
  const kind = evidence.publishing ? 'published' : 'unpublished'
  const change: RosterChange = { kind, participantId: entry.participantId, at: evidence.at, ...minted(entry.minted) }
  return { roster: next, changes: [change], outcome: 'applied' }
}

/** What stood there stands until IVS has been asked, as of when it stood; that it is in doubt is written down. */
function doubted(roster: Roster, evidence: PublishingEvidence, known: RosterEntry | undefined): Applied {
  const entry: RosterEntry = {
    participantId: evidence.participantId,
    publishing: known?.publishing ?? false,
    connected: known?.connected ?? false,
    at: Math.max(known?.at ?? 0, evidence.at),
    precise: false,
    ...minted(evidence.minted ?? known?.minted),
    ...(known?.publishedAt !== undefined && { publishedAt: known.publishedAt }),
    doubtful: true,
  }
  const next = withEntry(roster, entry, evidence)
  return { roster: { ...next, asOf: roster.asOf }, changes: [], outcome: 'doubtful' }
}

const minted = (value: Minted | undefined): { minted?: Minted } => (value === undefined ? {} : { minted: value })

/**
 * Whoever publishes opens the session. One that is known stays until a sweep has seen it end: else nobody would note that
 * it did, and an event of an earlier one would bring that back.
 */
function inSession(roster: Roster, { publishing, sessionId, at }: PublishingEvidence): Roster {
  return publishing && roster.sessionId === undefined ? { ...roster, sessionId, liveSince: at } : roster
}

function withEntry(roster: Roster, entry: RosterEntry, { at }: PublishingEvidence): Roster {
  const others = roster.entries.filter(({ participantId }) => participantId !== entry.participantId)
  return {
    ...roster,
    version: roster.version + 1,
    entries: withinBounds([...others, entry]),
    asOf: Math.max(roster.asOf, msOfMicros(at)),
  }
}

/** Whoever publishes stays; of the tombstones the oldest go. */
export function withinBounds(entries: readonly RosterEntry[]): readonly RosterEntry[] {
  if (entries.length <= MAX_ENTRIES) return entries
  const byNeed = [...entries].sort(
    (one, other) => Number(other.publishing) - Number(one.publishing) || other.at - one.at,
  )
  const kept = new Set(byNeed.slice(0, MAX_ENTRIES))
  return entries.filter((entry) => kept.has(entry))
}
