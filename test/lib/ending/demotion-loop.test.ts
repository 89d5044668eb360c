import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ParticipantId } from '../../../lib/ids.ts'
import { assignRole } from '../../../lib/moderation/members.ts'
import { AFTERMATH_MS, APPEARING_MS, AT_ONCE_MS, ordered, readings, weather } from '../../support/loop-weather.ts'
import { userKey } from '../../support/participants.ts'
import { aGuest, type Guest, type Held } from '../../support/stage-guest.ts'
import { aStageLoop, type StageLoop } from '../../support/stage-loop.ts'

const DEADLINE_MS = 15_000
/** Every stage is swept this often; what no event told of comes to light then. */
const SWEEP_MS = 60_000
const ADA = userKey('ada').userId

/** What a demoted client does: of each the holder has a token to join with, and one made before the demotion to exchange it for. */
const OBEDIENT = ['obeys', 'obeys from afar'] as const
/** Whether they are still there at the deadline is all that counts. */
const OVERDUE = ['ignores', 'refreshes alone', 'exchanges to the old'] as const
const MANNERS = [...OBEDIENT, ...OVERDUE, 'comes late', 'relapses'] as const
interface Client {
  readonly manner: (typeof MANNERS)[number]
  readonly publishes: boolean
  /** Milliseconds after the demotion; before the deadline, with time for a refresh that must wait. */
  readonly acts: number
  /** Milliseconds after the deadline. */
  readonly later: number
}

const client: fc.Arbitrary<Client> = fc.record({
  manner: fc.constantFrom(...MANNERS),
  publishes: fc.boolean(),
  acts: fc.nat(7_000),
  later: fc.integer({ min: 1_000, max: 100_000 }),
})
const life = fc.record({ weather, clients: fc.array(client, { minLength: 1, maxLength: 4 }) })

/** As a client does that was told to wait. */
async function refreshed({ clock }: StageLoop, guest: Guest, id: ParticipantId): Promise<Held> {
  for (;;) {
    const answer = await guest.refresh(id)
    const held = guest.held.findLast((one) => one.id === id)
    if (answer === 'ok' && held !== undefined) return held
    if (answer !== 'rate_limited') throw new Error(answer)
    await clock.wait(1_000)
  }
}

interface Tokens {
  readonly joining: Held
  readonly older: Held
}

const isThereBefore = ({ manner }: Client): boolean => manner !== 'obeys from afar' && manner !== 'comes late'

async function arrive(loop: StageLoop, guest: Guest, one: Client): Promise<Tokens> {
  expect(await guest.join()).toBe('ok')
  const joining = guest.held.at(-1)
  if (joining === undefined) throw new Error('nobody joined')
  await loop.clock.wait(7_000)
  const older = await refreshed(loop, guest, joining.id)
  if (isThereBefore(one)) {
    expect(guest.connect(joining)).toBe('ok')
    if (one.publishes) expect(guest.publish(joining.id)).toBe('ok')
  }
  return { joining, older }
}

async function behave(loop: StageLoop, guest: Guest, { manner, acts, later }: Client, tokens: Tokens): Promise<void> {
  const { clock } = loop
  const { joining, older } = tokens
  await clock.wait(acts)
  if (manner === 'obeys' || manner === 'relapses') {
    expect(guest.exchange(await refreshed(loop, guest, joining.id))).toBe('ok')
  }
  if (manner === 'obeys from afar') {
    const renewed = await refreshed(loop, guest, joining.id)
    await clock.wait(later)
    expect(guest.connect(renewed)).toBe('ok')
  }
  if (manner === 'refreshes alone') await refreshed(loop, guest, joining.id)
  if (manner === 'exchanges to the old') expect(guest.exchange(older)).toBe('ok')
  if (manner === 'comes late' || manner === 'relapses') await clock.wait(DEADLINE_MS - acts + later)
  if (manner === 'comes late') guest.connect(joining)
  if (manner === 'relapses') guest.exchange(older)
  if (manner === 'comes late' || manner === 'relapses') guest.publish(joining.id)
}

/** How far off what a client did may have been, by how it behaved. */
function judge({ local, putOut }: StageLoop, { manner }: Client, { joining: { id } }: Tokens, deadline: number): void {
  const there = local.spansOf(id, 'JOINED')
  const published = local.spansOf(id, 'PUBLISH_STARTED')
  if (OBEDIENT.some((one) => one === manner)) {
    expect(putOut().filter((one) => one.id === id)).toEqual([])
    expect(there.map(({ until }) => until)).toEqual([Number.POSITIVE_INFINITY])
    return
  }
  const isOverdue = OVERDUE.some((one) => one === manner)
  const allowed = manner === 'relapses' ? SWEEP_MS + AT_ONCE_MS : APPEARING_MS
  const spans = manner === 'relapses' ? published : there
  const longest = (from: number): number =>
    isOverdue && from < deadline ? deadline + AT_ONCE_MS : Math.max(from, deadline) + allowed
  expect(spans.filter(({ from, until }) => until > longest(from))).toEqual([])
}

describe.each(readings)('while %s', (_, assume) => {
  it('who obeys a demotion is left alone, and who does not is off at its deadline or once they are seen', async () => {
    const property = fc.asyncProperty(life, async ({ weather: found, clients }) => {
      const loop = await aStageLoop({ ...found, assume })
      const { clock, deps } = loop
      const guest = aGuest(loop)
      const sweeping = async (): Promise<void> => {
        for (;;) await clock.wait(SWEEP_MS).then(loop.sweep)
      }
      const story = async (): Promise<void> => {
        void sweeping()
        const speak = await assignRole(deps.moderation, ordered(loop), ADA, { role: 'speaker' })
        expect(speak.ok).toBe(true)
        const tokens: Tokens[] = []
        for (const one of clients) tokens.push(await arrive(loop, guest, one))
        await clock.wait(3_000)
        const deadline = clock.now() + DEADLINE_MS
        const demoted = await assignRole(deps.moderation, ordered(loop), ADA, { role: 'viewer' })
        expect(demoted.ok).toBe(true)
        await Promise.all(clients.map((one, index) => behave(loop, guest, one, tokens[index] as Tokens)))
        await clock.wait(AFTERMATH_MS)
        clients.forEach((one, index) => {
          judge(loop, one, tokens[index] as Tokens, deadline)
        })
      }
      await clock.run(story())
    })
    await fc.assert(property, { numRuns: 15 })
  })
})
