import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asciiJson } from '../../../lib/token/ascii-json.ts'

const anyText = fc.string({ unit: 'binary' })
const anyAttributes = fc.dictionary(anyText, anyText)

describe('asciiJson', () => {
  it('escapes what is beyond ASCII, in keys too', () => {
    expect(asciiJson({ né: 'Ærø', at: '🎤', plain: 'a"\\\n' })).toBe(
      '{"n\\u00e9":"\\u00c6r\\u00f8","at":"\\ud83c\\udfa4","plain":"a\\"\\\\\\n"}',
    )
  })

  it('holds only ASCII and says the same', () => {
    fc.assert(
      fc.property(anyAttributes, (attributes) => {
        const json = asciiJson({ attributes })
        expect(json).toMatch(/^[\x20-\x7f]*$/)
        expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify({ attributes })))
      }),
    )
  })

  it.each([
    ['a value', { name: 'x\ud83d' }],
    ['a key', { '\udfa4': 'x' }],
    ['a value deep down', { attributes: { list: [{ name: '\udfa4\ud83c' }] } }],
  ])('refuses a lone surrogate in %s', (_label, value) => {
    expect(() => asciiJson(value)).toThrow(TypeError)
  })
})
