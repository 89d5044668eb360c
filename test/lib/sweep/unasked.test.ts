import { describe, expect, it } from 'vitest'
import type { Attendee } from '../../../lib/ivs/census.ts'
import { rosterAnswer } from '../../../lib/roster/read-roster.ts'
import { sweepStage } from '../../../lib/sweep/sweep-stage.ts'
import { codeOf, granted } from '../../support/answers.ts'
import { aCaller } from '../../support/callers.ts'
import { createMemoryHistoryStore } from '../../support/memory-history-store.ts'
import { createMemoryRosterStore } from '../../support/memory-roster-store.ts'
import { createMemoryPresentStore, createMemorySweepRequests } from '../../support/memory-sweep-stores.ts'
import { participantId, T0 } from '../../support/participants.ts'
import { aScene } from '../../support/use-case.ts'

/** A host who is on a stage, swept with no call to spare to ask what anybody does. */
async function scene() {
  const made = await aScene()
  const joined = await made.join({ caller: aCaller({ roles: ['host'] }) })
  const id = participantId(granted(joined).answer.participantId)
  const rosters = createMemoryRosterStore()
  const person = { participantId: id, userId: 'ada', everPublished: false, replica: false }
  let now = T0
  const deps = {
    census: {
      async *connected(): AsyncIterable<readonly Attendee[]> {
        yield [{ ...person }]
      },
      doings: async () => undefined,
      session: async () => undefined,
      stages: async function* () {},
    },
    ...{ stages: made.stores.stages, participants: made.stores.participants, seats: made.stores.seats, rosters },
    ...{
      present: createMemoryPresentStore(),
      history: createMemoryHistoryStore(),
      sweeps: createMemorySweepRequests(),
    },
    endings: { send: async () => {}, demote: async () => {}, watch: async () => {} },
    events: { publish: async () => {} },
    ...{ historySeconds: 1, tellsGrants: false, seatLeaseSeconds: 60, clock: () => now },
    ...{ wait: async () => {}, random: () => 0 },
  }
  const stage = { stageId: made.stage.stageId, stageUid: made.stage.uid, generation: 1 }
  const target = { stage, stageArn: made.stage.generation.stageArn, sessionId: 's1', asks: 0 }
  return {
    ...{ made, id, person },
    async sweep() {
      now += 15_000
      await sweepStage(deps, target)
      const roster = await rosters.load(stage)
      if (roster !== undefined) made.outside.roster = roster
      return roster && rosterAnswer(roster).items
    },
  }
}

describe('one of ours whose first publishing nobody heard of', () => {
  it('is on the roster as ours, though no call is left to ask about them', async () => {
    const { sweep, id, person } = await scene()
    expect(await sweep()).toEqual([])
    person.everPublished = true
    const ours = { participantId: id, userId: 'ada', role: 'host', publishing: false, connected: true, managed: true }
    expect(await sweep()).toMatchObject([ours])
    expect(await sweep()).toMatchObject([ours])
  })

  it('is nobody’s to remove who ranks below them', async () => {
    const { made, sweep, id, person } = await scene()
    await sweep()
    person.everPublished = true
    await sweep()
    const moderator = aCaller({ userId: 'mo', roles: ['moderator'] })
    expect(codeOf(await made.leave({ participantId: id, caller: moderator, requestId: 'r' }))).toBe('outranked')
  })
})
