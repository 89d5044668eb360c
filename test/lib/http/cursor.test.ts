import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { decodeCursor, encodeCursor } from '../../../lib/http/cursor.ts'
import { pageOf } from '../../../lib/http/page.ts'

const position = z.tuple([z.string(), z.int()])
const raw = (text: string) => Buffer.from(text).toString('base64url')

describe('cursors', () => {
  it('come back as the position they were made of', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.maxSafeInteger(), (text, number) => {
        const cursor = encodeCursor([text, number])
        expect(cursor).toMatch(/^[A-Za-z0-9_-]+$/)
        expect(decodeCursor(cursor, position)).toEqual({ ok: true, value: [text, number] })
      }),
    )
  })

  it.each([
    ['', 'empty'],
    ['%%%', 'no base64url'],
    [`${encodeCursor(['a', 1])}=`, 'padded'],
    [raw('['), 'no JSON'],
    [raw('["a"]'), 'too short a position'],
    [raw('["a",1,2]'), 'too long a position'],
    [raw('{"0":"a","1":1}'), 'an object'],
    [raw('["a", 1]'), 'JSON that we would write otherwise'],
    [Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x2c, 0x31, 0x5d]).toString('base64url'), 'invalid UTF-8'],
    [encodeCursor(['a'.repeat(1024), 1]), 'longer than any of ours'],
  ])('%j is refused: %s', (cursor) => {
    expect(decodeCursor(cursor, position)).toEqual({ ok: false, refusal: { code: 'invalid_cursor' } })
  })
})

describe('pages', () => {
  it('are of 50 from the start, unless the query says otherwise', () => {
    expect(pageOf({}, position)).toEqual({ ok: true, value: { limit: 50 } })
    const query = { limit: '7', cursor: encodeCursor(['a', 1]) }
    expect(pageOf(query, position)).toEqual({ ok: true, value: { limit: 7, after: ['a', 1] } })
    expect(pageOf({ cursor: 'x' }, position)).toEqual({ ok: false, refusal: { code: 'invalid_cursor' } })
  })
})
