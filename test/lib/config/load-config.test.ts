import { describe, expect, it } from 'vitest'
import { defineConfig, type StagedoorConfig } from '../../../lib/config/config.ts'
import { ConfigError } from '../../../lib/config/config-error.ts'
import { loadConfig } from '../../../lib/config/load-config.ts'
import { start } from '../../../lib/config/start.ts'
import example from '../../../stagedoor.config.ts'
import { marker } from '../../support/logins.ts'

const issuers = [{ issuer: 'https://login.example.com/', audience: 'app', jwksUri: 'https://keys.example.com/' }]
const load = (file: Partial<StagedoorConfig>, env: Record<string, string> = {}) =>
  loadConfig({ file: () => ({ issuers, ...file }), deployment: 'dev', env })

const problemsOf = (work: () => unknown): readonly string[] => {
  try {
    work()
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  return []
}

describe('loadConfig', () => {
  it('fills in every default: tokens made by IVS', () => {
    const { roles, ...config } = load({})
    expect(config).toEqual({
      issuers,
      tokenMode: 'ivs',
      durations: { default: 720, max: 720, boundByLogin: false },
      limits: { mintsPerMinute: 10, unexpiredIds: 16, refreshGapSeconds: 6, seatLeaseSeconds: 300 },
      audit: { keepDays: 400 },
      history: { keepDays: 30 },
      domainEvents: { granted: false },
      quotaShare: 0.8,
      allowedOrigins: [],
    })
    expect(Object.entries(roles).map(([name, { rank, defaultDuration }]) => [name, rank, defaultDuration])).toEqual([
      ['host', 30, 720],
      ['moderator', 20, 720],
      ['speaker', 10, 720],
      ['viewer', 0, 720],
    ])
  })

  it('fills in every default: tokens we sign', () => {
    const config = load({}, { SIGNING_SECRET_ID: 'stagedoor/dev/signing' })
    expect(config).toMatchObject({ tokenMode: 'key-pair', durations: { default: 180, max: 720 } })
    expect(config.roles.host).toEqual({
      capabilities: ['PUBLISH', 'SUBSCRIBE'],
      rank: 30,
      defaultDuration: 180,
      maxDuration: 720,
      callerAttributes: ['displayName'],
    })
  })

  it.each<[string, Partial<StagedoorConfig>, object]>([
    ['a maximum below the usual default', { durations: { max: 60 } }, { default: 60, max: 60 }],
    ['a longer default', { durations: { default: 1440, max: 20_160 } }, { default: 1440, max: 20_160 }],
    ['the login as a bound', { durations: { boundByLogin: true } }, { boundByLogin: true }],
  ])('takes durations: %s', (_, file, durations) => {
    expect(load(file).durations).toMatchObject(durations)
  })

  it.each<[string, Record<string, string>, object]>([
    [
      'AUTH_ISSUERS',
      { AUTH_ISSUERS: JSON.stringify([{ ...issuers[0], audience: 'tests' }]) },
      { issuers: [{ audience: 'tests' }] },
    ],
    ['TOKEN_MODE', { TOKEN_MODE: 'ivs', SIGNING_SECRET_ID: 'x' }, { tokenMode: 'ivs' }],
    [
      'ALLOWED_ORIGINS',
      { ALLOWED_ORIGINS: ' https://a.example.com,http://localhost:3000 ,' },
      { allowedOrigins: ['https://a.example.com', 'http://localhost:3000'] },
    ],
    ['DOMAIN_EVENTS', { DOMAIN_EVENTS: '{"granted":true}' }, { domainEvents: { granted: true } }],
    [
      'an empty one: the file counts',
      { AUTH_ISSUERS: '', TOKEN_MODE: '', ALLOWED_ORIGINS: '', DOMAIN_EVENTS: '' },
      { issuers, tokenMode: 'ivs', allowedOrigins: ['https://file.example.com'] },
    ],
  ])('is overridden by the environment: %s', (_, env, config) => {
    expect(load({ allowedOrigins: ['https://file.example.com'] }, env)).toMatchObject(config)
  })

  it('calls what is wrong by the name its author knows', () => {
    const env = {
      ...{ AUTH_ISSUERS: '[{"issuer":"x","audience":""}]', TOKEN_MODE: 'kms', ALLOWED_ORIGINS: 'example.com' },
      DOMAIN_EVENTS: '{"granted":1}',
    }
    expect(problemsOf(() => load({}, env))).toEqual([
      expect.stringMatching(/^AUTH_ISSUERS\[0\]\.audience: /),
      expect.stringMatching(/^TOKEN_MODE: /),
      expect.stringMatching(/^DOMAIN_EVENTS\.granted: /),
      expect.stringMatching(/^ALLOWED_ORIGINS\[0\]: /),
    ])
  })

  it.each([
    ['no JSON', `[{"issuer":"${marker('issuer')}"`],
    ['a name twice', `[{"issuer":"${marker('issuer')}","issuer":"x"}]`],
  ])('refuses AUTH_ISSUERS that is %s, without quoting it', (_, text) => {
    expect(problemsOf(() => load({}, { AUTH_ISSUERS: text }))).toEqual([
      'AUTH_ISSUERS: must be JSON without repeated names',
    ])
  })

  it('names each text of JSON that is none', () => {
    expect(problemsOf(() => load({}, { AUTH_ISSUERS: '[', DOMAIN_EVENTS: 'true,' }))).toEqual([
      'AUTH_ISSUERS: must be JSON without repeated names',
      'DOMAIN_EVENTS: must be JSON without repeated names',
    ])
  })

  it('refuses to sign without a secret', () => {
    expect(problemsOf(() => load({ tokenMode: 'key-pair' }))).toEqual([
      'SIGNING_SECRET_ID: token mode key-pair needs it',
    ])
  })

  it('says all of it in one message', () => {
    expect(() => load({ limits: { mintsPerMinute: 0 }, durations: { max: 0 } })).toThrow(
      'Stagedoor cannot start:\n  - durations.max: must be at least 1\n  - limits.mintsPerMinute: must be at least 1',
    )
  })
})

describe('start', () => {
  const spec = { TABLE_NAME: 'required', DEPLOYMENT: 'required', LOG_LEVEL: 'optional' } as const

  it('answers configuration and settings, and asks the file for the deployment stage', () => {
    const asked: string[] = []
    const file = defineConfig(({ deployment }) => {
      asked.push(deployment)
      return { issuers }
    })
    const env = { TABLE_NAME: 't', DEPLOYMENT: 'stagedoor-prod', LOG_LEVEL: '' }
    expect(start({ file, env, settings: spec })).toMatchObject({
      config: { issuers },
      settings: { TABLE_NAME: 't', DEPLOYMENT: 'stagedoor-prod', LOG_LEVEL: undefined },
    })
    expect(asked).toEqual(['prod'])
  })

  it('lists what is missing in the environment and wrong in the file together', () => {
    const file = defineConfig(() => ({ issuers: [], limits: { mintsPerMinute: 11 } }))
    expect(problemsOf(() => start({ file, env: { TABLE_NAME: ' ' }, settings: spec }))).toEqual([
      'TABLE_NAME: must be set in the environment',
      'DEPLOYMENT: must be set in the environment',
      'issuers: must name at least one issuer',
      'limits.mintsPerMinute: must be at most 10',
    ])
  })
})

describe('stagedoor.config.ts', () => {
  it.each(['local', 'dev', 'prod'])('is sound for %s, and trusts nobody who exists', (deployment) => {
    const config = loadConfig({ file: example, deployment, env: {} })
    const hosts = config.issuers.map(({ jwksUri }) => new URL(jwksUri ?? '').hostname)
    expect(hosts.every((host) => host.endsWith('.example.com'))).toBe(true)
  })
})
