import { beforeEach, describe, expect, it } from 'vitest'
import { publicKeyArn } from '../lib/token/terms.ts'
import { importByHand, type KeysMemory, keysMemory, keysOn, START } from './keys-memory.ts'

const MINUTE_MS = 60_000
let memory: KeysMemory
const keys = (line: string, now = START) => keysOn(memory, line, now)

beforeEach(() => {
  memory = keysMemory()
})

describe('keys activate', () => {
  it.each(['made2', publicKeyArn('made2')])('lets %s sign', async (name) => {
    await keys('create')
    await keys('create')
    expect(await keys(`activate ${name}`)).toMatchObject({ ok: true })
    expect(memory.secret()).toMatchObject({ current: publicKeyArn('made2'), keys: [{}, {}] })
    expect(await keys(`activate ${name}`)).toMatchObject({ ok: true, text: 'made2 is current already.' })
  })

  it('refuses a key that IVS would not accept', async () => {
    await keys('create')
    await keys('create')
    memory.imported.delete(publicKeyArn('made2'))
    expect(await keys('activate made2')).toMatchObject({ ok: false, text: expect.stringContaining('must not sign') })
    expect(memory.secret().current).toBe(publicKeyArn('made1'))
  })

  it('refuses a key that is not in the secret', async () => {
    await keys('create')
    importByHand(memory, 'foreign')
    expect(await keys('activate foreign')).toMatchObject({ ok: false, text: expect.stringContaining('has no key') })
  })
})

describe('keys retire', () => {
  beforeEach(async () => {
    await keys('create')
    await keys('create --activate')
  })

  it('refuses the current key, compromised or not', async () => {
    for (const line of ['retire made2', `retire ${publicKeyArn('made2')}`, 'retire made2 --compromised']) {
      expect(await keys(line)).toMatchObject({ ok: false, text: expect.stringContaining('is current') })
    }
    expect(memory.secret().keys).toHaveLength(2)
    expect(memory.imported.size).toBe(2)
  })

  it('first takes the key out of the secret, and out of IVS only when its last token has run out', async () => {
    const removedAt = START + 5 * MINUTE_MS
    const safeAt = removedAt + 15 * MINUTE_MS + 180 * MINUTE_MS
    const first = await keys('retire made1 --longest 180', removedAt)
    expect(first).toMatchObject({ ok: true, text: expect.stringContaining(new Date(safeAt).toISOString()) })
    expect(memory.secret().keys.map((key) => key.publicKeyArn)).toEqual([publicKeyArn('made2')])
    expect(memory.imported.size).toBe(2)

    memory.writtenAt = removedAt
    const early = await keys('retire made1 --longest 180', safeAt - 1)
    expect(early).toMatchObject({ ok: false, text: expect.stringContaining(new Date(safeAt).toISOString()) })
    expect(memory.imported.size).toBe(2)

    expect(await keys('retire made1 --longest 180', safeAt)).toMatchObject({ ok: true })
    expect([...memory.imported.keys()]).toEqual([publicKeyArn('made2')])
    expect(await keys('retire made1', safeAt)).toMatchObject({ ok: false, text: expect.stringContaining('Neither') })
  })

  it('waits 14 days unless told that no token lives that long', async () => {
    await keys('retire made1')
    const fortnight = START + 15 * MINUTE_MS + 14 * 24 * 60 * MINUTE_MS
    expect(await keys('retire made1', fortnight - 1)).toMatchObject({ ok: false })
    expect(await keys('retire made1', fortnight)).toMatchObject({ ok: true })
  })

  it('deletes a compromised key at once', async () => {
    expect(await keys('retire made1 --compromised')).toMatchObject({ ok: true })
    expect(memory.secret().keys).toHaveLength(1)
    expect([...memory.imported.keys()]).toEqual([publicKeyArn('made2')])
  })

  it.each([
    ['another deployment', 'stagedoor-prod'],
    ['nobody we know', undefined],
  ])('does not delete a key of %s', async (_label, deployment) => {
    importByHand(memory, 'foreign', undefined, deployment)
    expect(await keys('retire foreign --compromised')).toMatchObject({
      ok: false,
      text: expect.stringContaining("is not tagged as stagedoor-dev's"),
    })
    expect(memory.imported.size).toBe(3)
  })
})
