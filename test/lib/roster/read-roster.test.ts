import { describe, expect, it } from 'vitest'
import { rosterAnswer } from '../../../lib/roster/read-roster.ts'
import { emptyRoster, type RosterEntry } from '../../../lib/roster/roster.ts'
import { RosterAnswer } from '../../../lib/roster/roster-answer.schema.ts'
import { isoOfMs, microsOf } from '../../../lib/time.ts'
import { participantId, T0, userKey } from '../../support/participants.ts'

const entry = (id: string, changes: Partial<RosterEntry> = {}): RosterEntry => ({
  ...{ participantId: participantId(id), publishing: true, connected: true, at: microsOf(T0), precise: true },
  ...changes,
})
const since = (seconds: number) => ({ publishedAt: microsOf(T0 + seconds * 1000) })

describe('rosterAnswer', () => {
  it('lists who publishes, longest first, then who stopped and is still there; tombstones stay out', () => {
    const entries = [
      entry('watching', { publishing: false }),
      entry('late', since(9)),
      entry('gone', { publishing: false, connected: false }),
      entry('early', since(1)),
    ]
    const { items } = rosterAnswer({ ...emptyRoster(T0), entries })
    expect(items.map(({ participantId: id }) => id)).toEqual(['early', 'late', 'watching'])
  })

  it('shows what our own record says of one of ours', () => {
    const minted = {
      ...{ userId: userKey('ada').userId, role: 'speaker', slot: 'screen' as const },
      ...{ capabilities: ['PUBLISH' as const], attributes: { displayName: 'Ada' } },
    }
    const answer = rosterAnswer({
      ...emptyRoster(T0),
      ...{ version: 7, audience: 3, entries: [entry('p1', { minted, ...since(1) })] },
    })
    expect(answer).toEqual({
      items: [
        {
          ...{ participantId: 'p1', userId: 'ada', role: 'speaker', slot: 'screen', capabilities: ['PUBLISH'] },
          ...{ publishing: true, connected: true, publishedAt: isoOfMs(T0 + 1_000) },
          ...{ attributes: { displayName: 'Ada', role: 'speaker' }, managed: true },
        },
      ],
      ...{ audience: 3, asOf: isoOfMs(T0), version: 7 },
    })
    expect(RosterAnswer.parse(answer)).toEqual(answer)
  })

  it('shows of anyone else the id and nothing they claim', () => {
    const answer = rosterAnswer({ ...emptyRoster(T0), entries: [entry('stranger')] })
    expect(answer).toEqual({
      items: [
        {
          ...{ participantId: 'stranger', publishing: true, connected: true },
          ...{ capabilities: [], attributes: {}, managed: false },
        },
      ],
      ...{ asOf: isoOfMs(T0), version: 0 },
    })
    expect(RosterAnswer.parse(answer)).toEqual(answer)
  })
})
