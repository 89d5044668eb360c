import { expect, it } from 'vitest'
import { Fault } from '../../../lib/fault.ts'
import { anOffice } from '../../support/admin.ts'

it('a reset is told once it holds, each with an id of its own', async () => {
  const office = anOffice()
  await office.create()
  const uid = (await office.stored())?.uid
  for (let i = 0; i < 2; i++) await office.reset()
  expect(office.told).toMatchObject([
    { name: 'stage.reset', stageId: office.id, stageUid: uid, at: office.outside.now },
    { name: 'stage.reset', stageId: office.id, stageUid: uid },
  ])
  expect(new Set(office.told.map(({ id }) => id)).size).toBe(2)
})

it('a deletion that could not be told is not over, and is told by whoever finishes it', async () => {
  const office = anOffice()
  await office.create()
  office.trouble.events = new Fault('storage_unavailable', 'EventBridge PutEvents: down')
  await expect(office.remove()).rejects.toBe(office.trouble.events)
  expect(await office.stored()).toMatchObject({ deleting: true })
  delete office.trouble.events
  const begun = office.outside.now
  office.outside.now += 9_000
  expect(await office.remove()).toMatchObject({ ok: true })
  expect(office.told).toMatchObject([{ name: 'stage.deleted', stageId: office.id, at: begun }])
  expect(await office.stored()).toBeUndefined()
})

it('what was not done is not told', async () => {
  const office = anOffice()
  await office.remove()
  await office.create()
  await office.patch({ name: 'Hall' })
  await office.reset({ ifMatch: '"another"' })
  expect(office.told).toEqual([])
})
