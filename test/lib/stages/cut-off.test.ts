import { describe, expect, it } from 'vitest'
import type { DomainEvent } from '../../../lib/domain-event/domain-event.ts'
import { Fault } from '../../../lib/fault.ts'
import { deleteStage, resetStage } from '../../../lib/stages/change-stage.ts'
import type { StagesDeps } from '../../../lib/stages/stages-deps.ts'
import { finishDeletions, finishWhatIsLeft } from '../../../lib/sweep/finish-stages.ts'
import { anOffice } from '../../support/admin.ts'
import { codeOf, granted } from '../../support/answers.ts'
import { anAdmin } from '../../support/callers.ts'
import { eachStore } from '../../support/each-store.ts'
import { ivsDown } from '../../support/ivs-stages.ts'
import { T0 } from '../../support/participants.ts'
import type { Stores } from '../../support/use-case.ts'

const MINUTE = 60_000
const busDown = new Fault('storage_unavailable', 'EventBridge PutEvents: down')

/** A stage, an admin whose Lambda can be made to die at any of its calls, and the run that comes after. */
async function aHall(stores: Stores) {
  const office = anOffice(stores)
  const stage = granted(await office.create())
  const logged: string[] = []
  const note = (message: string) => void logged.push(message)
  const clock = { now: T0 + MINUTE }
  const finishing = {
    ...{ stages: office.stores.stages, ivs: office.ivs, events: office.deps.events },
    ...{ clock: () => clock.now, logger: { info: note, warn: note } },
  }
  return {
    ...{ office, stage, logged, clock },
    /** What a run looks at: the record, where it comes by, and those being deleted. */
    async finish(): Promise<void> {
      const record = await office.stored()
      if (record !== undefined && !record.deleting) await finishWhatIsLeft(finishing, record)
      else await finishDeletions(finishing)
    },
  }
}

class Death extends Error {}

/** The same, dead from the given call on: before it or after it has had its effect. Says whether it came to that. */
function mortal(deps: StagesDeps, call: number, when: 'before' | 'after') {
  const life = { calls: 0, isOver: false }
  const wrap = <T extends object>(port: T): T =>
    new Proxy(port, {
      get(target, name) {
        const method = Reflect.get(target, name) as unknown
        if (typeof method !== 'function') return method
        return async (...args: unknown[]) => {
          const isLast = ++life.calls === call
          if (life.isOver || (isLast && when === 'before')) {
            life.isOver = true
            throw new Death()
          }
          const answer: unknown = await method.apply(target, args)
          if (!isLast && !life.isOver) return answer
          life.isOver = true
          throw new Death()
        }
      },
    })
  const { stages, seats, ivs, events } = deps
  return { life, deps: { ...deps, stages: wrap(stages), seats: wrap(seats), ivs: wrap(ivs), events: wrap(events) } }
}

/** Lets `act` die at each of its calls, each time in a hall of its own, and has `judge` look at what a run makes of it. */
async function atEachCall(
  stores: () => Stores,
  act: (deps: StagesDeps, hall: Awaited<ReturnType<typeof aHall>>) => Promise<unknown>,
  judge: (hall: Awaited<ReturnType<typeof aHall>>, where: string) => Promise<void>,
): Promise<number> {
  for (let call = 1; ; call++) {
    for (const when of ['before', 'after'] as const) {
      const hall = await aHall(stores())
      const { life, deps } = mortal(hall.office.deps, call, when)
      const died = await act(deps, hall).then(
        () => false,
        (error: unknown) => error instanceof Death,
      )
      if (!life.isOver) return call - 1
      expect(died, `call ${call}, ${when}`).toBe(true)
      await hall.finish()
      await judge(hall, `dead ${when} call ${call}`)
    }
  }
}

const happenings = (told: readonly DomainEvent[]): readonly string[] => [
  ...new Set(told.map(({ name, id, at }) => `${name} ${id} ${at}`)),
]

describe.each(eachStore())('a Lambda that dies, %s,', (_, stores) => {
  const target = ({ office }: Awaited<ReturnType<typeof aHall>>) => ({
    ...{ caller: anAdmin(), stageId: office.id, now: T0 },
  })

  it('while it resets a stage, at whatever call, leaves nothing undone or untold that was begun', async () => {
    const calls = await atEachCall(
      stores,
      (deps, hall) => resetStage(deps, target(hall)),
      async ({ office, stage }, where) => {
        const record = await office.stored()
        const isReset = record?.generation.number === 2
        expect(happenings(office.told), where).toHaveLength(isReset ? 1 : 0)
        expect(record, where).toMatchObject({ retired: [] })
        expect(record, where).not.toHaveProperty('untold')
        expect(office.ivs.stages.has(stage.generation.stageArn), where).toBe(!isReset)
      },
    )
    expect(calls).toBeGreaterThanOrEqual(7)
  })

  it('while it deletes one, at whatever call, leaves nothing behind of what was begun', async () => {
    const calls = await atEachCall(
      stores,
      (deps, hall) => deleteStage(deps, target(hall)),
      async ({ office, stage }, where) => {
        const record = await office.stored()
        expect(happenings(office.told), where).toHaveLength(record === undefined ? 1 : 0)
        if (record !== undefined) expect(record, where).toEqual(stage)
        expect(office.ivs.stages.size, where).toBe(record === undefined ? 0 : 1)
      },
    )
    expect(calls).toBeGreaterThanOrEqual(5)
  })
})

describe('a bus in trouble', () => {
  it('keeps no reset from being done, and it is told later, once, with its own instant', async () => {
    const hall = await aHall(anOffice().stores)
    const { office } = hall
    office.outside.now = T0 + 5_000
    office.trouble.events = busDown
    const reset = granted(await office.reset())
    expect(reset).toMatchObject({ generation: { number: 2 }, retired: [] })
    expect(await office.stored()).toEqual(reset)
    expect(office.ivs.stages.size).toBe(1)
    hall.clock.now = T0 + 5_000 + MINUTE
    await hall.finish()
    expect(hall.logged).toEqual(['stage_unfinished'])
    delete office.trouble.events
    for (let run = 0; run < 2; run++) await hall.finish()
    expect(office.told).toMatchObject([{ name: 'stage.reset', at: T0 + 5_000 }])
    expect(hall.logged).toEqual(['stage_unfinished', 'stage_finished'])
    expect(await office.stored()).not.toHaveProperty('untold')
  })

  it.each(['reset', 'remove'] as const)('leaves what it did not take to the next %s, too', async (next) => {
    const { office } = await aHall(anOffice().stores)
    office.trouble.events = busDown
    granted(await office.reset())
    granted(await office.reset())
    granted(await office.patch({ name: 'Hall' }))
    delete office.trouble.events
    expect(codeOf(await office[next]())).toBe('granted')
    const last = next === 'reset' ? 'stage.reset' : 'stage.deleted'
    expect(office.told.map(({ name }) => name)).toEqual(['stage.reset', 'stage.reset', last])
    expect(new Set(office.told.map(({ id }) => id)).size).toBe(3)
  })

  it('is no reason to hide a mistake of ours', async () => {
    const { office } = await aHall(anOffice().stores)
    office.trouble.events = new Error('ours')
    await expect(office.reset()).rejects.toBe(office.trouble.events)
  })
})

describe('what is left', () => {
  it('is told though the old IVS stage would not go, and the other way round', async () => {
    const { office, finish } = await aHall(anOffice().stores)
    office.ivs.failing.add('remove')
    await expect(office.reset()).rejects.toBe(ivsDown)
    expect(office.told).toMatchObject([{ name: 'stage.reset' }])
    const before = await office.stored()
    expect(before).not.toHaveProperty('untold')
    await finish()
    expect(await office.stored()).toEqual(before)
    office.ivs.failing.clear()
    await finish()
    expect([(await office.stored())?.retired, office.ivs.stages.size, office.told.length]).toEqual([[], 1, 1])
  })

  it('is nobody else’s business while it may still be under way', async () => {
    const { office, finish, clock } = await aHall(anOffice().stores)
    office.trouble.events = busDown
    granted(await office.reset())
    delete office.trouble.events
    clock.now = T0 + MINUTE - 1
    await finish()
    expect(office.told).toEqual([])
    clock.now = T0 + MINUTE
    await finish()
    expect(office.told).toHaveLength(1)
  })

  it('is nothing, mostly', async () => {
    const { office, finish, logged, stage } = await aHall(anOffice().stores)
    await finish()
    expect([await office.stored(), office.told, logged]).toEqual([stage, [], []])
  })
})
