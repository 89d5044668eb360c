import { describe, expect, it } from 'vitest'
import { Fault } from '../../../lib/fault.ts'
import { emptyRoster } from '../../../lib/roster/roster.ts'
import { seatsKeyOf } from '../../../lib/seat/seat-wish.ts'
import { microsOf } from '../../../lib/time.ts'
import { T0 } from '../../support/participants.ts'
import { aHolderScene, takeEvent } from '../../support/stage-events.ts'

const namesOf = (events: readonly { readonly name: string }[]) => events.map(({ name }) => name)

describe('trouble while an event is taken in,', () => {
  const trouble = new Fault('storage_unavailable', 'test')

  it.each(['endings', 'events', 'history', 'rosters', 'participants'] as const)(
    'with %s fails the message, and what comes again finishes what was begun',
    async (name) => {
      const { take, published, faults, told, sent, roster, record, histories } = await aHolderScene(
        name === 'endings' ? { ended: 'kicked' } : {},
      )
      faults[name] = trouble
      await expect(take(published())).rejects.toBe(trouble)
      delete faults[name]
      await take(published())
      expect(namesOf(told)).toContain('participant.published')
      expect(await histories()).toHaveLength(1)
      expect((await roster())?.entries).toMatchObject([{ publishing: true }])
      expect((await record())?.participants[0]?.seenAt).toBe(microsOf(T0 + 1_000))
      expect(sent).toHaveLength(name === 'endings' ? 1 : 0)
    },
  )

  it('with asking for a sweep fails the message, which asks again', async () => {
    const { take, published, unpublished, faults, sweeps } = await aHolderScene()
    await take(published(5, { precise: false }))
    faults.sweeps = trouble
    await expect(take(unpublished(5, { precise: false }))).rejects.toBe(trouble)
    delete faults.sweeps
    expect(await take(unpublished(5, { precise: false }))).toBe('doubtful')
    expect(sweeps).toHaveLength(1)
  })

  it('with a domain event after the write tells the stage’s going live again, too', async () => {
    const { take, published, faults, told } = await aHolderScene()
    faults.events = trouble
    await expect(take(published())).rejects.toBe(trouble)
    delete faults.events
    await take(published())
    expect(namesOf(told)).toEqual(['stage.live', 'participant.published'])
  })

  it('with noting the session leaves that to the next delivery', async () => {
    const { take, published, deps, sessions } = await aHolderScene()
    const noteSession = async () => {
      throw trouble
    }
    await expect(takeEvent({ ...deps, history: { ...deps.history, noteSession } }, published())).rejects.toBe(trouble)
    await take(published())
    expect(await sessions()).toHaveLength(1)
  })

  it.each([1, 5])('of %i writers who were faster is looked at again', async (faster) => {
    const { take, published, deps, stage, roster } = await aHolderScene()
    const { rosters } = deps
    let left = faster
    const key = seatsKeyOf(stage)
    const save: typeof rosters.save = async (at, next, seen) => {
      if (left-- <= 0) return rosters.save(at, next, seen)
      const now = await rosters.load(key)
      await rosters.save(key, { ...(now ?? emptyRoster(T0)), version: (now?.version ?? 0) + 1 }, now)
      return rosters.save(at, next, seen)
    }
    const event = published()
    expect(await takeEvent({ ...deps, rosters: { ...rosters, save } }, event)).toBe('applied')
    expect(await roster()).toMatchObject({ version: faster + 1, entries: [{ publishing: true }] })
    expect(await take(event)).toBe('repeated')
  })

  it.each(['rosters', 'participants'] as const)('without end over the write of %s fails the message', async (name) => {
    const { published, deps } = await aHolderScene()
    const losing = { ...deps, [name]: { ...deps[name], save: async () => false } }
    await expect(takeEvent(losing, published())).rejects.toMatchObject({ code: 'storage_unavailable' })
  })
})
