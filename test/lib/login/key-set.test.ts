import { describe, expect, it } from 'vitest'
import { Fault } from '../../../lib/fault.ts'
import {
  createInlineKeySet,
  createKeySet,
  KEY_SET_COOL_DOWN_MS,
  KEY_SET_FIRST_COOL_DOWN_MS,
  KEY_SET_FRESH_MS,
  KEY_SET_STALE_MS,
} from '../../../lib/login/key-set.ts'
import type { LoginKeys } from '../../../lib/login/login-keys.ts'
import { createLoginKey, type LoginKey } from '../../support/logins.ts'

const one = createLoginKey('ES256', 'one')
const two = createLoginKey('ES256', 'two')
const rsa = createLoginKey('RS256', 'rsa')

/** A provider whose answer, mood and clock the test decides. */
function provider(...keys: LoginKey[]) {
  const state = { now: 1_000_000, fetches: 0, answer: setOf(...keys), down: false }
  const keySet = createKeySet({
    url: 'https://keys.example.com/jwks.json',
    fetch: async () => {
      state.fetches += 1
      if (state.down) throw new Error('down')
      return state.answer
    },
    clock: () => state.now,
  })
  return { state, keySet }
}

const setOf = (...keys: LoginKey[]): string => JSON.stringify({ keys: keys.map(({ jwk }) => jwk) })
const has = async (keySet: LoginKeys, kid: string, alg = 'ES256'): Promise<boolean> =>
  (await keySet.keyFor({ alg, kid })) !== undefined
const unavailable = { name: 'Fault', code: 'identity_provider_unavailable' }

describe('a key set', () => {
  it('is fetched once for any number of waiting callers', async () => {
    const { state, keySet } = provider(one, two)
    const found = await Promise.all(Array.from({ length: 50 }, (_, at) => has(keySet, at % 2 ? 'one' : 'two')))
    expect(found.every(Boolean)).toBe(true)
    expect(state.fetches).toBe(1)
  })

  it('is not fetched again while it is fresh, and is after that', async () => {
    const { state, keySet } = provider(one)
    await has(keySet, 'one')
    state.now += KEY_SET_FRESH_MS - 1
    await has(keySet, 'one')
    expect(state.fetches).toBe(1)
    state.now += 1
    await has(keySet, 'one')
    expect(state.fetches).toBe(2)
  })

  it('no longer has a key that its issuer withdrew, once it is looked after', async () => {
    const { state, keySet } = provider(one, two)
    expect(await has(keySet, 'one')).toBe(true)
    state.answer = setOf(two)
    state.now += KEY_SET_FRESH_MS
    expect(await has(keySet, 'one')).toBe(false)
  })

  it('is fetched for an unknown key, so that a rotation is seen at once', async () => {
    const { state, keySet } = provider(one)
    await has(keySet, 'one')
    state.answer = setOf(one, two)
    state.now += KEY_SET_COOL_DOWN_MS
    expect(await has(keySet, 'two')).toBe(true)
    expect(state.fetches).toBe(2)
  })

  it('is fetched at most once in a cool-down, however many made-up keys are asked for', async () => {
    const { state, keySet } = provider(one)
    for (let minute = 0; minute < 4; minute += 1) {
      const flood = Array.from({ length: 100 }, (_, at) => has(keySet, `made-up-${minute}-${at}`))
      expect((await Promise.all(flood)).some(Boolean)).toBe(false)
      expect(state.fetches).toBe(minute + 1)
      state.now += KEY_SET_COOL_DOWN_MS - 1
      await has(keySet, 'made-up')
      expect(state.fetches).toBe(minute + 1)
      state.now += 1
    }
    expect(await has(keySet, 'one')).toBe(true)
  })
})

describe('while the provider is down', () => {
  it('an older set is served, and the provider asked once in a cool-down', async () => {
    const { state, keySet } = provider(one)
    await has(keySet, 'one')
    state.down = true
    state.now += KEY_SET_FRESH_MS
    for (let at = 0; at < 10; at += 1) expect(await has(keySet, 'one')).toBe(true)
    expect(state.fetches).toBe(2)
    state.now += KEY_SET_COOL_DOWN_MS
    expect(await has(keySet, 'one')).toBe(true)
    expect(state.fetches).toBe(3)
  })

  it('an unknown key is refused by the older set', async () => {
    const { state, keySet } = provider(one)
    await has(keySet, 'one')
    state.down = true
    state.now += KEY_SET_COOL_DOWN_MS
    expect(await has(keySet, 'two')).toBe(false)
  })

  it('an older set is served for a day and no longer', async () => {
    const { state, keySet } = provider(one)
    await has(keySet, 'one')
    state.down = true
    state.now += KEY_SET_STALE_MS - 1
    expect(await has(keySet, 'one')).toBe(true)
    state.now += KEY_SET_COOL_DOWN_MS
    await expect(has(keySet, 'one')).rejects.toMatchObject(unavailable)
    state.down = false
    state.now += KEY_SET_COOL_DOWN_MS
    expect(await has(keySet, 'one')).toBe(true)
  })

  it('with nothing cached it is a fault, remembered for a short while', async () => {
    const { state, keySet } = provider(one)
    state.down = true
    await expect(has(keySet, 'one')).rejects.toBeInstanceOf(Fault)
    state.now += KEY_SET_FIRST_COOL_DOWN_MS - 1
    await expect(has(keySet, 'one')).rejects.toMatchObject(unavailable)
    expect(state.fetches).toBe(1)
    state.down = false
    state.now += 1
    expect(await has(keySet, 'one')).toBe(true)
    expect(state.fetches).toBe(2)
  })

  it.each([
    ['no JSON', '<html>maintenance</html>'],
    ['a list', '[]'],
    ['an object without keys', '{}'],
    ['keys that are no list', '{"keys":{}}'],
    ['nothing', ''],
  ])('%s in place of a key set counts as down', async (_, answer) => {
    const { state, keySet } = provider(one)
    await has(keySet, 'one')
    state.answer = answer
    state.now += KEY_SET_FRESH_MS
    expect(await has(keySet, 'one')).toBe(true)
  })
})

describe('of a key set', () => {
  const { d } = one.privateKey.export({ format: 'jwk' })

  it.each([
    ['a key for encryption', { ...one.jwk, use: 'enc' }],
    ['a private key', { ...one.jwk, d }],
    ['a secret key', { kty: 'oct', kid: 'one', k: 'c2VjcmV0', alg: 'HS256' }],
    ['a key of another algorithm', { ...one.jwk, alg: 'ES384' }],
    ['a key that is not meant to verify', { ...one.jwk, key_ops: ['sign'] }],
    ['a broken key', { ...one.jwk, x: 'AAAA' }],
    ['something else', 'one'],
  ])('%s is not used, and does not harm the others', async (_, odd) => {
    const keySet = createInlineKeySet({ keys: [odd, two.jwk] })
    expect(await has(keySet, 'one')).toBe(false)
    expect(await has(keySet, 'two')).toBe(true)
    expect(await has(keySet, 'one', 'HS256')).toBe(false)
  })

  it('two keys of one name are none: it cannot be known which is meant', async () => {
    const keySet = createInlineKeySet({ keys: [one.jwk, { ...two.jwk, kid: 'one' }, rsa.jwk] })
    expect(await has(keySet, 'one')).toBe(false)
    expect(await has(keySet, 'rsa', 'RS256')).toBe(true)
  })
})
