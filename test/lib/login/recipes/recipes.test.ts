import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkConfig } from '../../../../lib/config/check-config.ts'
import type { IssuerConfig } from '../../../../lib/config/config.ts'
import { createAuthenticator } from '../../../../lib/login/authenticator.ts'
import {
  bearer,
  compactOf,
  createLoginKey,
  type LoginKey,
  type Members,
  NOW,
  NOW_MS,
  signedBy,
} from '../../../support/logins.ts'
import { auth0 } from './auth0.ts'
import { clerk } from './clerk.ts'
import { cognitoAccess } from './cognito-access.ts'
import { cognitoId } from './cognito-id.ts'
import { firebase } from './firebase.ts'
import { keycloak } from './keycloak.ts'

const rs256 = createLoginKey('RS256', 'abcdefghijkexample=')
const times = { iat: NOW - 60, exp: NOW + 3540 }

interface Recipe {
  readonly entry: IssuerConfig
  /** What the provider puts in the header beside `alg` and `kid`. */
  readonly header: Members
  /** A login as the provider makes it. */
  readonly claims: Members
  readonly caller: Members
  /** Another token of the same provider, or of another app of it: not a login for us. */
  readonly others: Readonly<Record<string, Members>>
}

const cognito = 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_EXAMPLE'
const cognitoAccessToken = {
  ...times,
  sub: 'c3d4e5f6-7081-7092-a3b4-c5d6e7f80910',
  'cognito:groups': ['hosts', 'newsletter'],
  iss: cognito,
  client_id: 'your-app-client-id',
  origin_jti: '6bf2a1c0-0000-4000-8000-000000000001',
  event_id: '6bf2a1c0-0000-4000-8000-000000000002',
  token_use: 'access',
  scope: 'aws.cognito.signin.user.admin',
  auth_time: NOW - 60,
  jti: '6bf2a1c0-0000-4000-8000-000000000003',
  username: 'ada',
}
const cognitoIdToken = {
  ...times,
  sub: 'c3d4e5f6-7081-7092-a3b4-c5d6e7f80910',
  'cognito:groups': ['stage-admins', 'members'],
  email_verified: true,
  iss: cognito,
  'cognito:username': 'ada',
  'custom:plan': 'gold',
  origin_jti: '6bf2a1c0-0000-4000-8000-000000000001',
  aud: 'your-app-client-id',
  event_id: '6bf2a1c0-0000-4000-8000-000000000002',
  token_use: 'id',
  auth_time: NOW - 60,
  jti: '6bf2a1c0-0000-4000-8000-000000000004',
  email: 'ada@example.com',
}

const recipes: Readonly<Record<string, Recipe>> = {
  'cognito-access': {
    entry: cognitoAccess,
    header: {},
    claims: cognitoAccessToken,
    caller: { userId: cognitoAccessToken.sub, roles: ['host'], isAdmin: false },
    others: { 'an id token': cognitoIdToken, 'another app client': { ...cognitoAccessToken, client_id: 'another' } },
  },
  'cognito-id': {
    entry: cognitoId,
    header: {},
    claims: cognitoIdToken,
    caller: { userId: cognitoIdToken.sub, roles: ['viewer'], isAdmin: true, attributes: { plan: 'gold' } },
    others: {
      'an access token': cognitoAccessToken,
      'an unverified address': { ...cognitoIdToken, email_verified: false },
    },
  },
  auth0: {
    entry: auth0,
    header: { typ: 'JWT' },
    claims: {
      ...times,
      iss: 'https://your-tenant.eu.auth0.com/',
      sub: 'auth0|64b7f0c2a1d3e4f5a6b7c8d9',
      aud: ['https://api.example.com', 'https://your-tenant.eu.auth0.com/userinfo'],
      scope: 'openid profile email',
      azp: 'your-spa-client-id',
      'https://example.com/roles': ['Stage moderator'],
    },
    caller: { userId: 'auth0|64b7f0c2a1d3e4f5a6b7c8d9', roles: ['moderator'], isAdmin: false },
    others: { 'an id token': { ...times, iss: auth0.issuer, sub: 'auth0|64b7', aud: 'your-spa-client-id' } },
  },
  firebase: {
    entry: firebase,
    header: { typ: 'JWT' },
    claims: {
      ...times,
      iss: 'https://securetoken.google.com/your-project-id',
      aud: 'your-project-id',
      auth_time: NOW - 60,
      user_id: 'Xy12abCDefGHijKLmnOPqrSTuv34',
      sub: 'Xy12abCDefGHijKLmnOPqrSTuv34',
      stageRoles: ['speaker'],
      stages: { 'town-hall': 'host' },
      firebase: { identities: { email: ['ada@example.com'] }, sign_in_provider: 'password' },
    },
    caller: {
      userId: 'Xy12abCDefGHijKLmnOPqrSTuv34',
      roles: ['speaker'],
      stageGrants: { 'town-hall': 'host' },
      maxRole: 'host',
    },
    others: {
      'another project': { ...times, iss: 'https://securetoken.google.com/other', aud: 'other', sub: 'Xy12' },
      'a session cookie': {
        ...times,
        iss: 'https://session.firebase.google.com/your-project-id',
        aud: 'your-project-id',
        sub: 'Xy12',
      },
    },
  },
  clerk: {
    entry: clerk,
    header: { cat: 'cl_B7d4PD111AAA', typ: 'JWT' },
    claims: {
      ...times,
      azp: 'https://app.example.com',
      fva: [1, -1],
      iss: 'https://your-app.clerk.accounts.dev',
      metadata: { stageRole: 'moderator' },
      nbf: NOW - 70,
      sid: 'sess_2abcdEFGHijklMNOPqrstUVWXyz',
      sts: 'active',
      sub: 'user_2abcdEFGHijklMNOPqrstUVWXyz',
      v: 2,
    },
    caller: { userId: 'user_2abcdEFGHijklMNOPqrstUVWXyz', roles: ['moderator'], isAdmin: false },
    others: {
      'another page': { ...times, iss: clerk.issuer, azp: 'https://evil.example.com', sub: 'user_2abc', v: 2 },
      'no page': { ...times, iss: clerk.issuer, sub: 'user_2abc', v: 2 },
    },
  },
  keycloak: {
    entry: keycloak,
    header: { typ: 'JWT' },
    claims: {
      ...times,
      jti: 'onrtac:6bf2a1c0-0000-4000-8000-000000000005',
      iss: 'https://keycloak.example.com/realms/your-realm',
      aud: 'account',
      sub: 'f1e2d3c4-0000-4000-8000-000000000006',
      typ: 'Bearer',
      azp: 'your-app-client-id',
      sid: '6bf2a1c0-0000-4000-8000-000000000007',
      acr: '1',
      'allowed-origins': ['https://app.example.com'],
      realm_access: { roles: ['offline_access', 'uma_authorization', 'stage-host', 'stage-admin'] },
      resource_access: { account: { roles: ['manage-account', 'view-profile'] } },
      scope: 'openid profile email',
      locale: 'de',
    },
    caller: {
      userId: 'f1e2d3c4-0000-4000-8000-000000000006',
      roles: ['host'],
      isAdmin: true,
      attributes: { locale: 'de' },
    },
    others: {
      'an id token': {
        ...times,
        iss: keycloak.issuer,
        aud: 'your-app-client-id',
        azp: 'your-app-client-id',
        typ: 'ID',
        sub: 'f1',
      },
      'another client': { ...times, iss: keycloak.issuer, aud: 'account', azp: 'another', typ: 'Bearer', sub: 'f1' },
    },
  },
}

const made = (claims: Members, header: Members = {}, key: LoginKey = rs256): string =>
  bearer(compactOf(JSON.stringify({ kid: key.kid, alg: key.alg, ...header }), JSON.stringify(claims), signedBy(key)))

/** As Keycloak's key set, which holds one for encryption too. */
const keySet = JSON.stringify({ keys: [{ ...rs256.jwk, kid: 'enc', alg: 'RSA-OAEP', use: 'enc' }, rs256.jwk] })

describe.each(Object.entries(recipes))('the recipe %s', (_, { entry, header, claims, caller, others }) => {
  const fetched: string[] = []
  const { authenticate } = createAuthenticator({
    issuers: [entry],
    fetchKeySet: async (url) => {
      fetched.push(url)
      return keySet
    },
    clock: () => NOW_MS,
  })

  it('is a sound configuration', () => {
    expect(checkConfig({ issuers: [entry] })).toMatchObject({ ok: true })
  })

  it('takes a login as the provider makes it', async () => {
    expect(await authenticate(made(claims, header))).toMatchObject({ ok: true, value: caller })
    expect(fetched).toEqual([entry.jwksUri])
  })

  it.each(Object.entries(others))('refuses %s', async (_name, other) => {
    expect(await authenticate(made(other, header))).toEqual({ ok: false, refusal: { code: 'login_invalid' } })
  })

  it('says when the login has expired', async () => {
    expect(await authenticate(made({ ...claims, exp: NOW - 60 }, header))).toMatchObject({
      refusal: { code: 'login_expired' },
    })
  })
})

describe('docs/logins.md', () => {
  const root = join(import.meta.dirname, '../../../..')
  const shown = readFileSync(join(root, 'docs/logins.md'), 'utf8').matchAll(/^```ts\n(.*?)\n```$/gms)
  const files = readdirSync(import.meta.dirname).filter((name) => !name.endsWith('.test.ts'))
  const entryIn = (file: string): string => {
    const source = readFileSync(join(import.meta.dirname, file), 'utf8')
    return source.slice(source.indexOf(' = {') + 3).trim()
  }

  it('shows exactly the entries that are tested', () => {
    const snippets = [...shown].map(([, snippet]) => snippet)
    expect(files.map((file) => file.replace('.ts', '')).sort()).toEqual(Object.keys(recipes).sort())
    expect(snippets.toSorted()).toEqual(files.map(entryIn).toSorted())
  })
})
