import { createLocalJWKSet, jwtVerify } from 'jose'
import { expect, it } from 'vitest'
import { createLocalIssuer } from '../../local/identity/issuer.ts'

const NOW = Date.UTC(2026, 10, 21)
const issuer = await createLocalIssuer({ issuer: 'http://x/_local', now: () => NOW, onNewKey: () => undefined })
const options = { issuer: 'http://x/_local', audience: 'stagedoor', currentDate: new Date(NOW), typ: 'JWT' }
const claimsOf = async (token: string) =>
  (await jwtVerify(token, createLocalJWKSet({ keys: [...issuer.jwks.keys] }), options)).payload

it('signs logins that its key set verifies, on the clock it was given', async () => {
  const token = await issuer.login({
    sub: 'u',
    name: 'N',
    roles: ['host'],
    stages: { a: 'viewer' },
    expiresIn: 60,
    claims: { extra: 1 },
  })
  const iat = NOW / 1000
  expect(await claimsOf(token)).toEqual({
    iss: 'http://x/_local',
    aud: 'stagedoor',
    sub: 'u',
    name: 'N',
    roles: ['host'],
    stages: { a: 'viewer' },
    iat,
    exp: iat + 60,
    extra: 1,
  })
})

it('lets claims win, and takes away what is null', async () => {
  expect(await claimsOf(await issuer.login({ sub: 'u', claims: { sub: 5, iat: null } }))).toMatchObject({ sub: 5 })
  expect(await claimsOf(await issuer.login({ sub: 'u', claims: { iat: null } }))).not.toHaveProperty('iat')
  await expect(claimsOf(await issuer.login({ sub: 'u', expiresIn: -1 }))).rejects.toThrow(/exp/)
})

it('publishes nothing private', () => {
  expect(Object.keys(issuer.jwks.keys[0] ?? {}).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'])
  expect(issuer.config).toMatchObject({
    jwksUri: 'http://x/_local/jwks.json',
    rolesClaim: 'roles',
    adminRoles: ['admin'],
    stagesClaim: 'stages',
  })
})
