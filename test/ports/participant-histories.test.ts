import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { admit } from '../../lib/participant/admit.ts'
import { createParticipantStore } from '../../lib/participant/participant-store.dynamodb.ts'
import { emptyRecord, type UserRecord } from '../../lib/participant/user-record.ts'
import { startTable } from '../support/dynamodb.ts'
import { anAttempt, anyone, inOrder, participantId, T0, userKey } from '../support/participants.ts'

let table: Awaited<ReturnType<typeof startTable>>
beforeAll(async () => {
  table = await startTable()
})
afterAll(() => table.stop())

const step = fc.record({
  wait: fc.constantFrom(0, 1, 10_000, 30_000, 59_999, 60_000, 61_000, 600_000, 3_600_000, 11_000_000),
  what: fc.constantFrom(
    ...Array<'join'>(10).fill('join'),
    'leave',
    'connect',
    'connect',
    'disconnect',
    'ban',
    'unban',
    'unban',
    'assign',
  ),
  slot: fc.constantFrom('main' as const, 'main' as const, 'screen' as const),
  key: fc.option(fc.constantFrom('k1', 'k2')),
  pick: fc.nat(15),
  role: fc.constantFrom('viewer', 'host', undefined),
})
const limits = fc.record({
  mintsPerMinute: fc.integer({ min: 1, max: 10 }),
  unexpiredIds: fc.integer({ min: 5, max: 16 }),
  session: fc.record({
    mode: fc.constantFrom('allow' as const, 'reject' as const, 'replace' as const),
    max: fc.integer({ min: 1, max: 10 }),
  }),
})

const WINDOW = 600_000
const idOf = (key: string, window: number): string => `${key}w${window}`

describe('random lives of one user, the optimistic write against the exact rules', () => {
  it('never grants more, and stores the very same when it grants', async () => {
    const store = createParticipantStore(table.table)
    let refusedWrongly = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40, size: 'max' }), limits, async (steps, limit) => {
        const key = userKey('ada', crypto.randomUUID())
        let record: UserRecord | undefined
        let now = T0
        /** Other writers' changes: written exactly, as moderation and events do. */
        const write = async (change: (record: UserRecord) => UserRecord): Promise<void> => {
          const base = record ?? emptyRecord(1)
          const next = { ...change(base), version: (base.version || now) + 1 }
          expect(await store.save(key, next, record)).toBe(true)
          record = next
        }
        for (const [index, { wait, what, slot, key: idempotencyKey, pick, role }] of steps.entries()) {
          now += wait
          if (what === 'join') {
            const window = Math.floor(now / WINDOW)
            const id = idempotencyKey === null ? `r${index}` : idOf(idempotencyKey, window)
            const attempt = anAttempt(id, {
              now,
              limits: limit,
              participant: { slot, ...(idempotencyKey !== null && { requestHash: 'h', attempt: `${index}` }) },
              ...(idempotencyKey !== null && {
                neighbours: [idOf(idempotencyKey, window - 1), idOf(idempotencyKey, window + 1)],
              }),
            })
            const exact = admit(record ?? emptyRecord(1), attempt.mint, 1, attempt.limits, now)
            const assumed =
              (record?.ban?.until ?? (record?.ban ? Number.POSITIVE_INFINITY : 0)) <= Math.floor(now / 1000) &&
              (record?.assigned === undefined || record.assigned.role === 'viewer')
            const answer = await store.admit(key, attempt)
            if (answer.done) {
              expect(exact.kind).toBe('admitted')
              expect(assumed).toBe(true)
              if (exact.kind !== 'admitted') return
              expect(inOrder(await store.load(key))).toEqual(inOrder(exact.record))
              expect(answer.displaced.map((one) => one.id).sort()).toEqual(exact.displaced.map((one) => one.id).sort())
              record = exact.record
            } else if (exact.kind === 'admitted' && assumed) {
              refusedWrongly++
              expect(await store.save(key, exact.record, record)).toBe(true)
              record = exact.record
            }
            continue
          }
          const target = record?.participants[pick % Math.max(record.participants.length, 1)]
          if (what === 'leave' && target !== undefined) {
            await store.end(key, target.id, 'left', now)
            record = await store.load(key)
          } else if ((what === 'connect' || what === 'disconnect') && target !== undefined) {
            if (!record?.live[target.slot].includes(target.id)) continue
            await write((base) => {
              const others = base.connected[target.slot].filter((one) => one !== target.id)
              const ids = what === 'connect' ? [...others, participantId(target.id)] : others
              return { ...base, connected: { ...base.connected, [target.slot]: ids } }
            })
          } else if (what === 'ban') {
            await write((base) => ({
              ...base,
              ban: { until: Math.floor(now / 1000) + 30, rank: 20, by: 'm', at: now },
            }))
          } else if (what === 'unban') {
            await write(({ ban: _, ...base }) => base)
          } else if (what === 'assign') {
            await write(({ assigned: _, ...base }) => (role ? { ...base, assigned: { role, by: 'm', at: now } } : base))
          }
        }
      }),
      { numRuns: 60 },
    )
    // The cheap tests are meant to be nearly always right; if they were never wrong this test would not reach the exact way.
    expect(refusedWrongly).toBeGreaterThan(0)
  }, 120_000)

  it('puts no more in one condition than DynamoDB takes', async () => {
    const { admitRequest } = await import('../../lib/participant/admit-request.dynamodb.ts')
    const attempt = anAttempt('p'.repeat(22), {
      limits: { session: { mode: 'allow', max: 10 } },
      neighbours: ['q'.repeat(22), 'r'.repeat(22)],
      assumed: { ...anyone, assignedRoles: Array.from({ length: 20 }, (_, index) => `role${index}`) },
    })
    const { update } = admitRequest(attempt)
    expect(update.ConditionExpression.length).toBeLessThan(4096)
    expect(update.UpdateExpression.length).toBeLessThan(4096)
    const operators = update.ConditionExpression.match(/AND|OR|NOT|IN|size|attribute_\w+|[<>=]+|,/g) ?? []
    expect(operators.length).toBeLessThan(300)
  })
})
