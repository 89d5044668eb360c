import { Fault } from '../fault.ts'
import type { ParticipantId } from '../ids.ts'
import type { Attendee, Doings } from '../ivs/census.ts'
import type { Roster } from '../roster/roster.ts'
import type { EpochMs } from '../time.ts'
import type { SweepDeps, SweepTarget } from './sweep-deps.ts'
import { whomToAsk } from './whom-to-ask.ts'

/** What IVS said about everyone on a stage. */
export interface Answers {
  /** When the asking began. */
  readonly at: EpochMs
  /** A page for each call, as they came. */
  readonly pages: readonly (readonly Attendee[])[]
  readonly attendees: ReadonlyMap<ParticipantId, Attendee>
  readonly doings: ReadonlyMap<ParticipantId, Doings>
}

type AskDeps = Pick<SweepDeps, 'census' | 'clock'>

/** Asks who is connected, and of those who ever published, what some of them are doing. Throws `Fault`. */
export async function askStage(deps: AskDeps, target: SweepTarget, roster: Roster | undefined): Promise<Answers> {
  const at = deps.clock()
  const { stageArn, sessionId } = target
  const pages: (readonly Attendee[])[] = []
  const attendees = new Map<ParticipantId, Attendee>()
  const doings = new Map<ParticipantId, Doings>()
  if (sessionId === undefined) return { at, pages, attendees, doings }
  for await (const page of deps.census.connected(stageArn, sessionId)) {
    pages.push(page)
    for (const one of page) attendees.set(one.participantId as ParticipantId, one)
  }
  for (const { participantId } of whomToAsk(roster, [...attendees.values()], target.asks)) {
    const found = await doingsOf(deps, stageArn, sessionId, participantId)
    if (found !== undefined) doings.set(participantId as ParticipantId, found)
  }
  return { at, pages, attendees, doings }
}

/** Who could not be asked about is as before, and first in line next time. */
async function doingsOf(
  { census }: AskDeps,
  stageArn: string,
  sessionId: string,
  participantId: string,
): Promise<Doings | undefined> {
  try {
    return await census.doings(stageArn, sessionId, participantId)
  } catch (error) {
    if (error instanceof Fault) return undefined
    throw error
  }
}
