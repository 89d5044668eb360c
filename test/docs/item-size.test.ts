import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { register, toUserItem, userKeyOf } from '../../lib/participant/user-item.dynamodb.ts'
import { emptyRecord, MINT_REGISTERS, type Participant, type UserRecord } from '../../lib/participant/user-record.ts'
import { aParticipant, T0, userKey } from '../support/participants.ts'
import { itemBytes } from './item-size.ts'

const document = readFileSync('docs/storage.md', 'utf8')

const PLAIN: Partial<Participant> = {
  keyId: '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
  right: { role: 'viewer', source: 'default_role' },
  requestId: 'JKJaXmPLvHcESHA=',
}
const KEYED: Partial<Participant> = {
  ...PLAIN,
  requestHash: 'h'.repeat(11),
  attempt: 'a'.repeat(8),
  attributes: { displayName: 'Ada Lovelace' },
}
const LARGEST: Partial<Participant> = { ...KEYED, attributes: { displayName: 'x'.repeat(990) } }

/** A user with a UUID for an id and this many participants, as the optimistic write leaves the item: all ten registers set. */
function sizeOf(count: number, each: Partial<Participant>): number {
  const participants = Array.from({ length: count }, (_, index) =>
    aParticipant(String(index).padStart(22, 'p'), { mintedAt: T0 + 1_234_567 + index * 61_001, ...each }),
  )
  const record: UserRecord = {
    ...emptyRecord(1),
    version: T0 + 1_234_567 + count,
    participants,
    live: { main: participants.map(({ id }) => id), screen: [] },
    mints: participants.map(({ mintedAt }) => mintedAt).slice(-MINT_REGISTERS),
  }
  const item = toUserItem(record, Math.floor(T0 / 1000) + 1_307_234)
  for (let index = 0; index < MINT_REGISTERS; index++) item[register(index)] ??= 0
  return itemBytes(userKeyOf(userKey('3f2504e0-4f89-41d3-9a0c-0305e82c3301', 'u'.repeat(20))), item)
}

describe('the sizes that docs/storage.md states', () => {
  it.each<[string, Partial<Participant>]>([
    ['no key, no attributes', PLAIN],
    ['idempotency key, a name of 12 letters', KEYED],
    ['idempotency key, attributes as large as IVS takes', LARGEST],
  ])('%s', (label, each) => {
    const row = [1, 4, 16].map((count) => sizeOf(count, each).toLocaleString('en-US'))
    expect(document).toContain(`| ${label} | ${row.join(' | ')} |`)
  })

  it('leave a user of four participants within one write unit, and any user within the largest item', () => {
    expect(sizeOf(4, PLAIN)).toBeLessThanOrEqual(1024)
    expect(sizeOf(16, LARGEST)).toBeLessThan(400 * 1024)
  })
})
