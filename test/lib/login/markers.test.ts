import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { createAuthenticator } from '../../../lib/login/authenticator.ts'
import {
  AUDIENCE,
  bearer,
  createLoginKey,
  ISSUER,
  loginOf,
  type Members,
  marker,
  NOW,
  NOW_MS,
} from '../../support/logins.ts'

const key = createLoginKey('ES256', marker('kid'))
const foreign = createLoginKey('ES256', marker('kid'))
const claims: Members = {
  sub: marker('sub'),
  email: marker('email'),
  roles: [marker('group')],
  stages: { [marker('stage')]: marker('role') },
  name: marker('name'),
  jti: marker('jti'),
}
const secret = marker('secret')
const keySetText = JSON.stringify({ keys: [key.jwk], note: marker('key set') })
const entry = { issuer: ISSUER, audience: AUDIENCE, rolesClaim: 'roles', stagesClaim: 'stages' }

const sound = {
  issuers: [{ ...entry, jwksUri: 'https://keys.example.com/' }],
  fetchKeySet: async () => keySetText,
  clock: () => NOW_MS,
}
const failing = {
  'keys down': { ...sound, fetchKeySet: () => Promise.reject(new Error('down')) },
  'keys garbled': { ...sound, fetchKeySet: async () => `${keySetText}{` },
  'secret too short': {
    ...sound,
    issuers: [{ ...entry, hmacSecretId: 'stagedoor/test/login' }],
    secrets: async () => secret,
  },
}

const logins: readonly (readonly [string, Members, Members])[] = [
  ['sound', {}, {}],
  ['expired', { exp: NOW - 60 }, {}],
  ['from the future', { iat: NOW + 60 }, {}],
  ['of a bad user', { sub: `${marker('sub')}\n` }, {}],
  ['for others', { aud: marker('aud') }, {}],
  ['of others', { iss: `https://${marker('iss')}.example.com/` }, {}],
  ['with bad roles', { roles: [marker('group'), 7] }, {}],
  ['with bad stages', { stages: marker('stages') }, {}],
  ['with jku', {}, { jku: `https://${marker('jku')}.example.com/` }],
  ['with an unknown key', {}, { kid: marker('another kid') }],
  ['by HMAC', {}, { alg: 'HS256' }],
  ['by a made-up algorithm', {}, { alg: marker('alg') }],
  ['with a bad key id', {}, { kid: { no: marker('kid') } }],
]

/** All there is to see of a value, causes and stacks too. */
const shown = (value: unknown): string => inspect(value, { depth: 20, showHidden: true, maxStringLength: null })

/** What comes out, thrown or answered, where no caller does. */
const failureOf = async (authenticate: (header: string) => Promise<{ ok: boolean }>, header: string): Promise<string> =>
  authenticate(header).then(
    (judged) => (judged.ok ? '' : shown(judged)),
    (thrown: unknown) => shown(thrown),
  )

describe('nothing of a login, a key or a secret is said when it fails', () => {
  it.each(logins)('a login %s', async (_, changes, header) => {
    const own = loginOf(key, { ...claims, ...changes }, header)
    const broken = [own, loginOf(foreign, { ...claims, ...changes }, header), own.slice(0, -3), `${own}.${own}`]
    for (const deps of [sound, ...Object.values(failing)]) {
      for (const compact of broken) {
        const failure = await failureOf(createAuthenticator(deps).authenticate, bearer(compact))
        expect(failure).not.toMatch(/MARKER|eyJ/)
      }
    }
  })

  it.each(Object.entries(failing))('%s: it is a fault that says nothing of what was read', async (_, deps) => {
    const header = 'secrets' in deps ? { alg: 'HS256' } : {}
    const failure = await failureOf(createAuthenticator(deps).authenticate, bearer(loginOf(key, claims, header)))
    expect(failure).toContain('Fault')
    expect(failure).not.toMatch(/MARKER|eyJ/)
  })
})
