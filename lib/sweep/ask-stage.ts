import { Fault } from '../fault.ts'
import type { ParticipantId } from '../ids.ts'
import type { Attendee, Doings } from '../ivs/census.ts'
import type { Roster } from '../roster/roster.ts'
import type { EpochMs } from '../time.ts'
import type { SweepDeps, SweepTarget } from './sweep-deps.ts'
import { type AskFrom, whomToAsk } from './whom-to-ask.ts'

/** What IVS said about everyone on a stage. */
export interface Answers {
  /** When the asking began. */
  readonly at: EpochMs
  /** A page for each call, as they came. */
  readonly pages: readonly (readonly Attendee[])[]
  readonly attendees: ReadonlyMap<ParticipantId, Attendee>
  readonly doings: ReadonlyMap<ParticipantId, Doings>
  /** Of whom IVS was asked what they do, and nothing was learnt: from when on it is to be asked again. */
  readonly inVain: ReadonlyMap<ParticipantId, EpochMs>
}

/** Of whom IVS says nothing, or more than is read, it will again: and each may cost as many calls as ten others. */
const IN_VAIN_MS = 300_000

type AskDeps = Pick<SweepDeps, 'census' | 'clock'>

/** Asks who is connected, and of those who ever published, what some of them are doing. Throws `Fault`. */
export async function askStage(
  deps: AskDeps,
  target: SweepTarget,
  roster: Roster | undefined,
  askFrom: AskFrom,
): Promise<Answers> {
  const at = deps.clock()
  const { stageArn, sessionId } = target
  const pages: (readonly Attendee[])[] = []
  const attendees = new Map<ParticipantId, Attendee>()
  const doings = new Map<ParticipantId, Doings>()
  const inVain = new Map<ParticipantId, EpochMs>()
  if (sessionId === undefined) return { at, pages, attendees, doings, inVain }
  for await (const page of deps.census.connected(stageArn, sessionId)) {
    pages.push(page)
    for (const one of page) attendees.set(one.participantId as ParticipantId, one)
  }
  const people = [...attendees.values()].filter(({ participantId: id }) => (askFrom.get(id) ?? 0) <= at)
  for (const one of whomToAsk(roster, people, target.asks, askFrom)) {
    const participantId = one.participantId as ParticipantId
    try {
      const found = await deps.census.doings(stageArn, sessionId, participantId)
      if (found !== undefined) doings.set(participantId, found)
      else inVain.set(participantId, at + IN_VAIN_MS)
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      // Who could not be asked about is as before, and first in line next time.
      if (error.code !== 'quota_backoff') inVain.set(participantId, at)
    }
  }
  return { at, pages, attendees, doings, inVain }
}
