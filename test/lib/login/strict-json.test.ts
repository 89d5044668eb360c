import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseStrictJson } from '../../../lib/login/strict-json.ts'

describe('parseStrictJson', () => {
  it.each([
    ['a name twice', '{"a":1,"a":1}'],
    ['a name twice, once escaped', '{"a":1,"\\u0061":2}'],
    ['a name twice below', '{"x":{"a":1,"a":2}}'],
    ['a name twice in a list', '[[{"a":1,"b":2,"a":3}]]'],
    ['a name twice after an inner object', '{"a":{"b":1},"a":2}'],
    ['the empty name twice', '{"":1,"":2}'],
    ['__proto__ twice', '{"__proto__":1,"__proto__":2}'],
    ['no JSON', '{a:1}'],
    ['JSON and more', '{} {}'],
    ['nothing', ''],
  ])('refuses %s', (_, text) => {
    expect(parseStrictJson(text)).toEqual({ ok: false, refusal: 'malformed' })
  })

  it.each([
    ['one name in two objects', '[{"a":1},{"a":2}]'],
    ['a name again as a value', '{"a":"a","b":["a","a"]}'],
    ['a name that only looks repeated', '{"a\\"b":1,"a":"{\\"a\\":1,\\"a\\":2}"}'],
    ['a name inside and outside', '{"a":{"a":{"a":1}}}'],
  ])('takes %s', (_, text) => {
    expect(parseStrictJson(text)).toEqual({ ok: true, value: JSON.parse(text) })
  })

  it('takes what JSON.parse takes, with the same value', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parseStrictJson(text)).toEqual({ ok: true, value: JSON.parse(text) })
      }),
    )
  })

  it('never throws, and takes nothing that JSON.parse refuses', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'{}[]",:\\ua01 \n') }), (text) => {
        const parsed = parseStrictJson(text)
        if (parsed.ok) expect(parsed.value).toEqual(JSON.parse(text))
      }),
      { numRuns: 1000 },
    )
  })

  it('refuses any object that names a member twice, however deep', () => {
    const value = fc.jsonValue().map((one) => JSON.stringify(one))
    fc.assert(
      fc.property(fc.string(), value, value, fc.array(fc.boolean()), (name, one, other, nesting) => {
        const twice = `{${JSON.stringify(name)}:${one},${JSON.stringify(name)}:${other}}`
        const text = nesting.reduce((inner, list) => (list ? `[${inner}]` : `{"in":${inner}}`), twice)
        expect(parseStrictJson(text).ok).toBe(false)
      }),
    )
  })
})
