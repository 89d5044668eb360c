import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type App, type Reply, startApp, type User } from '../support/app.ts'

let app: App
beforeAll(async () => {
  app = await startApp({ assume: { readLagMs: 0 } })
})
afterEach(() => app.local('DELETE', '/faults'))
afterAll(() => app.stop())

const SEATS = 12
const LEASE_SECONDS = 300

const crowd = (count: number): Promise<readonly User[]> =>
  Promise.all(Array.from({ length: count }, (_, at) => app.user(`user-${at}`)))
const withStatus = (replies: readonly Reply[], status: number) => replies.filter((reply) => reply.status === status)
const publishers = (replies: readonly Reply[]) =>
  withStatus(replies, 201).filter(({ body }) => body.capabilities.includes('PUBLISH'))
const codesOf = (replies: readonly Reply[]) => [...new Set(replies.map(({ body }) => body.code))]

async function seatsFree(stageId: string): Promise<number> {
  return (await (await app.admin()).call('GET', `/v1/stages/${stageId}`)).body.seatsFree
}

it('makes one participant of 200 concurrent retries with one key', async () => {
  const stageId = await app.stage()
  const ada = await app.user('ada')
  const replies = await Promise.all(
    Array.from({ length: 200 }, () => ada.join(stageId, {}, { 'idempotency-key': 'once' })),
  )
  expect(withStatus(replies, 201)).toHaveLength(1)
  expect(withStatus(replies, 200)).toHaveLength(199)
  expect(new Set(replies.map(({ body }) => body.participantId)).size).toBe(1)
  expect((await ada.join(stageId)).status, 'they were one session').toBe(201)
})

it('grants one user no more sessions than the policy, however many ask at once', async () => {
  const stageId = await app.stage()
  const ada = await app.user('ada')
  const replies = await Promise.all(Array.from({ length: 50 }, () => ada.join(stageId)))
  expect(withStatus(replies, 201)).toHaveLength(3)
  expect(codesOf(replies.filter(({ status }) => status !== 201))).toEqual(['session_conflict'])
})

it('gives twelve seats to a hundred who race for them', async () => {
  const stageId = await app.stage({ defaultRole: 'speaker' })
  const users = await crowd(100)
  const replies = await Promise.all(users.map((user) => user.join(stageId)))
  expect(publishers(replies)).toHaveLength(SEATS)
  expect(withStatus(replies, 201)).toHaveLength(SEATS)
  const others = replies.filter(({ status }) => status !== 201)
  expect(codesOf(others)).toEqual(['publisher_seats_full'])
  expect(await seatsFree(stageId)).toBe(0)
  const again = await Promise.all(
    users.map((user) => user.join(stageId, { capabilities: ['SUBSCRIBE'], slot: 'screen' })),
  )
  expect(withStatus(again, 201), 'none of the refused is locked out').toHaveLength(100)
})

describe('while answers are lost', () => {
  it.each([
    ['the line is cut', { mode: 'drop', rate: 0.3, seed: 7 }],
    ['the service breaks', { mode: 'error', rate: 0.5, seed: 11 }],
  ])(
    'because %s after the write, there are never more than twelve, and no seat is lost for longer than its lease',
    async (_, fault) => {
      const stageId = await app.stage({ defaultRole: 'speaker' })
      const users = await crowd(60)
      await app.local('POST', '/faults', { target: 'dynamodb', operation: 'UpdateItem', after: true, ...fault })
      const replies = await Promise.all(users.map((user) => user.join(stageId)))
      const { faults } = await app.local<{ faults: { hits: number }[] }>('GET', '/faults')
      expect(faults[0]?.hits).toBeGreaterThan(10)
      await app.local('DELETE', '/faults')
      const won = publishers(replies)
      expect(won.length).toBeLessThanOrEqual(SEATS)
      expect([201, 409, 503]).toEqual(expect.arrayContaining([...new Set(replies.map(({ status }) => status))]))
      for (const { body } of won) {
        expect((await app.enter(body.token)).status).toBe(200)
        await app.local('POST', '/stage/publish', { participantId: body.participantId })
      }

      await app.advance(LEASE_SECONDS + 1)
      const newcomers = await Promise.all(Array.from({ length: 30 }, (_, at) => app.user(`new-${at}`)))
      const later = await Promise.all(newcomers.map((user) => user.join(stageId)))
      expect(publishers(later), 'every seat but those of who is there').toHaveLength(SEATS - won.length)
    },
  )

  it('a retry with the same key is the same participant, and holds the same seat', async () => {
    const stageId = await app.stage({ defaultRole: 'speaker', seats: 1 })
    const ada = await app.user('ada')
    await app.local('POST', '/faults', {
      target: 'dynamodb',
      operation: 'UpdateItem',
      after: true,
      mode: 'drop',
      count: 3,
    })
    const key = { 'idempotency-key': 'lost' }
    const lost = await ada.join(stageId, {}, key)
    await app.local('DELETE', '/faults')
    const found = await ada.join(stageId, {}, key)
    expect(lost.status).toBe(503)
    expect([found.status, found.body.capabilities]).toEqual([expect.toBeOneOf([200, 201]), ['PUBLISH', 'SUBSCRIBE']])
    expect((await ada.join(stageId, {}, key)).body.participantId).toBe(found.body.participantId)
    expect((await app.enter(found.body.token)).status).toBe(200)
    expect(await seatsFree(stageId)).toBe(0)
  })
})
