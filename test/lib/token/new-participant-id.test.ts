import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newParticipantId, participantIdFor } from '../../../lib/token/new-participant-id.ts'

const IS_ID = /^[0-9A-Za-z]{22}$/
const entropy = fc.uint8Array({ minLength: 32, maxLength: 32 })
const parts = fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 4 })

describe('newParticipantId', () => {
  it('is 22 letters and digits, whatever the bytes', () => {
    fc.assert(fc.property(entropy, (bytes) => IS_ID.test(newParticipantId(() => bytes))))
    expect(newParticipantId(() => new Uint8Array(32))).toBe('0'.repeat(22))
    expect(newParticipantId(() => new Uint8Array(32).fill(255))).toMatch(IS_ID)
  })

  it('uses every letter and digit about equally often', () => {
    const counts = new Map<string, number>()
    const ids = 4_000
    for (let made = 0; made < ids; made += 1) {
      for (const letter of newParticipantId(randomBytes)) counts.set(letter, (counts.get(letter) ?? 0) + 1)
    }
    expect(counts.size).toBe(62)
    const expected = (ids * 22) / 62
    // Eight standard deviations: fails once in 10^13 runs if uniform, always if a byte were taken modulo 62.
    for (const count of counts.values()) expect(Math.abs(count - expected)).toBeLessThan(8 * Math.sqrt(expected))
  })

  it('refuses a source that gives less than it was asked for', () => {
    expect(() => newParticipantId(() => new Uint8Array(8))).toThrow(RangeError)
  })
})

describe('participantIdFor', () => {
  it('is the same for the same parts, in every release', () => {
    expect(participantIdFor(['stage', 'ada', 'key-1', '42'])).toBe('lUe5pOQemGdGeVJvREIbXi')
  })

  it('is an id, and another one for other parts', () => {
    fc.assert(
      fc.property(parts, parts, (one, other) => {
        expect(participantIdFor(one)).toMatch(IS_ID)
        expect(participantIdFor(one) === participantIdFor(other)).toBe(JSON.stringify(one) === JSON.stringify(other))
      }),
    )
  })

  it.each([
    ['a moved boundary', ['ab', 'c'], ['a', 'bc']],
    ['an empty part', ['a', ''], ['a']],
    ['another order', ['a', 'b'], ['b', 'a']],
  ])('tells %s apart', (_label, one, other) => {
    expect(participantIdFor(one)).not.toBe(participantIdFor(other))
  })
})
