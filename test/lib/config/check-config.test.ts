import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkConfig } from '../../../lib/config/check-config.ts'
import { createLoginKey, type Members, marker } from '../../support/logins.ts'

const key = createLoginKey()
const keys = [key.jwk]
const issuer = (changes: Members = {}): Members => ({
  issuer: 'https://login.example.com/',
  audience: 'app',
  jwks: { keys },
  ...changes,
})
const other = (changes: Members = {}): Members => issuer({ issuer: 'https://other.example.com/', ...changes })
const newRole = { capabilities: ['SUBSCRIBE'], rank: 5, defaultDuration: 10, maxDuration: 20, callerAttributes: [] }
const rsaOf = (modulusLength: number): Members =>
  generateKeyPairSync('rsa', { modulusLength }).publicKey.export({ format: 'jwk' }) as Members

const problems = (config: unknown): readonly string[] => {
  const checked = checkConfig(config)
  return checked.ok ? [] : checked.refusal
}

describe('a sound configuration', () => {
  it.each<[string, Members]>([
    ['one issuer', { issuers: [issuer()] }],
    ['a key set elsewhere', { issuers: [issuer({ jwks: undefined, jwksUri: 'https://keys.example.com/' })] }],
    ['a key set on this machine', { issuers: [issuer({ jwks: undefined, jwksUri: 'http://127.0.0.1:3000/jwks' })] }],
    ['a shared secret', { issuers: [issuer({ jwks: undefined, hmacSecretId: 'x', algorithms: ['HS256', 'HS512'] })] }],
    ['two issuers with prefixes', { issuers: [issuer({ userIdPrefix: 'a:' }), other({ userIdPrefix: 'b:' })] }],
    [
      'two apps of one issuer, the same users',
      { issuers: [issuer({ userIdPrefix: 'a:' }), issuer({ audience: 'tv', userIdPrefix: 'a:' })] },
    ],
    [
      'two kinds of token of one issuer',
      {
        issuers: [
          issuer({ userIdPrefix: 'a:', requiredClaims: { use: 'access' } }),
          issuer({ userIdPrefix: 'a:', requiredClaims: { use: 'id' } }),
        ],
      },
    ],
    ['part of a built-in role', { issuers: [issuer()], roles: { viewer: { maxDuration: 20_160 } } }],
    ['a built-in role with a short life', { issuers: [issuer()], roles: { viewer: { maxDuration: 5 } } }],
    ['a new role, used', { issuers: [issuer({ maxRole: 'guest' })], roles: { guest: newRole } }],
    [
      'the widest limits',
      { issuers: [issuer()], limits: { mintsPerMinute: 10, unexpiredIds: 16, seatLeaseSeconds: 3600 } },
    ],
    [
      'the narrowest limits',
      { issuers: [issuer()], limits: { mintsPerMinute: 1, unexpiredIds: 5, seatLeaseSeconds: 60 } },
    ],
    ['any origin', { issuers: [issuer()], allowedOrigins: ['*'] }],
    ['origins', { issuers: [issuer()], allowedOrigins: ['https://app.example.com', 'http://localhost:5173'] }],
    ['the longest durations', { issuers: [issuer()], durations: { default: 20_160, max: 20_160 } }],
    [
      'a claim that takes a name callers no longer have',
      {
        issuers: [issuer({ attributeClaims: { displayName: 'name' } })],
        roles: Object.fromEntries(
          ['host', 'moderator', 'speaker', 'viewer'].map((name) => [name, { callerAttributes: [] }]),
        ),
      },
    ],
  ])('passes: %s', (_, config) => {
    expect(checkConfig(JSON.parse(JSON.stringify(config)))).toMatchObject({ ok: true })
  })
})

/** One issuer's entry, changed, and the one problem it makes. */
const entryRows: readonly (readonly [string, Members, string])[] = [
  ['no issuer', { issuer: undefined }, 'issuers[0].issuer: must be text'],
  ['no audience', { audience: undefined }, 'issuers[0].audience: must be a text or a list of texts'],
  ['an empty audience', { audience: '' }, 'issuers[0].audience: must not be empty'],
  ['no audience in the list', { audience: [] }, 'issuers[0].audience: must not be empty'],
  ['an empty audience in the list', { audience: ['app', ''] }, 'issuers[0].audience[1]: must not be empty'],
  ['an audience that is a number', { audience: 7 }, 'issuers[0].audience: must be a text or a list of texts'],
  ['another audience claim', { audienceClaim: 'sub' }, 'issuers[0].audienceClaim: must be aud, client_id or azp'],
  ['a required claim that is a list', { requiredClaims: { a: ['b'] } }, 'issuers[0].requiredClaims.a: must be text'],
  ['no key source', { jwks: undefined }, 'issuers[0]: must have exactly one of jwksUri, jwks, hmacSecretId'],
  ['two key sources', { jwksUri: 'https://keys.example.com/' }, 'issuers[0]: must have exactly one of'],
  ['plain http', { jwks: undefined, jwksUri: 'http://keys.example.com/' }, 'issuers[0].jwksUri: must be an https URL'],
  ['credentials', { jwks: undefined, jwksUri: 'https://a:b@example.com/' }, 'issuers[0].jwksUri: must be an https URL'],
  ['alg none', { algorithms: ['none'] }, 'issuers[0].algorithms[0]: must be one of RS256'],
  ['HMAC with public keys', { algorithms: ['ES256', 'HS256'] }, 'issuers[0].algorithms[1]: must be one of RS256'],
  ['no algorithm', { algorithms: [] }, 'issuers[0].algorithms: must not be empty'],
  [
    'public keys’ algorithms with a secret',
    { jwks: undefined, hmacSecretId: 'x', algorithms: ['RS256'] },
    'issuers[0].algorithms[0]: must be one of HS256, HS384, HS512',
  ],
  ['no key', { jwks: { keys: [] } }, 'issuers[0].jwks.keys: must hold at least one key'],
  ['no key list', { jwks: {} }, 'issuers[0].jwks.keys: must be a list of JSON Web Keys'],
  ['a private key', { jwks: { keys: [{ ...keys[0], d: 'AA' }] } }, 'issuers[0].jwks.keys[0]: must be a public'],
  ['a secret key', { jwks: { keys: [{ kty: 'oct', k: 'AA' }] } }, 'issuers[0].jwks.keys[0]: must be a public'],
  [
    'a broken key',
    { jwks: { keys: [{ ...keys[0], x: 'AA' }] } },
    'issuers[0].jwks.keys[0]: is not a usable public key',
  ],
  [
    'a short RSA key',
    { jwks: { keys: [rsaOf(1024)] } },
    'issuers[0].jwks.keys[0]: must be an RSA key of at least 2048',
  ],
  ['an empty claim path', { userIdClaim: [] }, 'issuers[0].userIdClaim: must not be empty'],
  ['a prefix that breaks ids', { userIdPrefix: 'a/' }, 'issuers[0].userIdPrefix: must not hold'],
  ['a prefix that is too long', { userIdPrefix: 'a'.repeat(65) }, 'issuers[0].userIdPrefix: must be at most 64'],
  ['a map without a claim', { roleMap: { staff: 'host' } }, 'issuers[0].roleMap: has no effect without rolesClaim'],
  ['admins without a claim', { adminRoles: ['admin'] }, 'issuers[0].adminRoles: has no effect without rolesClaim'],
  [
    'an unknown mapped role',
    { rolesClaim: 'g', roleMap: { 'Stage Staff': 'hots' } },
    'issuers[0].roleMap["Stage Staff"]: must be a known role: host, moderator',
  ],
  ['an unknown highest role', { maxRole: 'toString' }, 'issuers[0].maxRole: must be a known role'],
  ['a stage prefix no id can have', { stageIdPrefix: 'Acme' }, 'issuers[0].stageIdPrefix: must be the beginning'],
  ['the reserved attribute', { attributeClaims: { role: 'role' } }, 'issuers[0].attributeClaims.role: is reserved'],
  [
    'an attribute callers set',
    { attributeClaims: { displayName: 'name' } },
    'issuers[0].attributeClaims.displayName: is an attribute that callers may set',
  ],
  ['a tolerance below zero', { clockToleranceSeconds: -1 }, 'issuers[0].clockToleranceSeconds: must be at least 0'],
  ['a tolerance over a minute', { clockToleranceSeconds: 61 }, 'issuers[0].clockToleranceSeconds: must be at most 60'],
  ['an unknown setting', { jwksUrl: 'https://keys.example.com/' }, 'issuers[0].jwksUrl: is not a known setting'],
]

/** The rest of the configuration, and the one problem it makes. */
const configRows: readonly (readonly [string, Members, string])[] = [
  ['no issuers', { issuers: [] }, 'issuers: must name at least one issuer'],
  ['issuers that are no list', { issuers: {} }, 'issuers: must be a list of issuers'],
  ['an unknown setting', { tokenmode: 'ivs' }, 'tokenmode: is not a known setting'],
  ['another token mode', { tokenMode: 'kms' }, 'tokenMode: must be key-pair or ivs'],
  [
    'a default above the maximum',
    { durations: { default: 60, max: 30 } },
    'durations.default: must be at most durations.max (30)',
  ],
  [
    'a default above the usual maximum',
    { durations: { default: 721 } },
    'durations.default: must be at most durations.max (720)',
  ],
  ['more than IVS allows', { durations: { max: 20_161 } }, 'durations.max: must be at most 20160'],
  ['a rank above all', { roles: { host: { rank: 101 } } }, 'roles.host.rank: must be at most 100'],
  ['a rank between', { roles: { host: { rank: 1.5 } } }, 'roles.host.rank: must be a whole number'],
  ['no capability', { roles: { host: { capabilities: [] } } }, 'roles.host.capabilities: must not be empty'],
  [
    'a capability twice',
    { roles: { host: { capabilities: ['PUBLISH', 'PUBLISH'] } } },
    'roles.host.capabilities: must not repeat',
  ],
  [
    'an unknown capability',
    { roles: { host: { capabilities: ['publish'] } } },
    'roles.host.capabilities[0]: must be PUBLISH or SUBSCRIBE',
  ],
  [
    'a role’s default above its maximum',
    { roles: { host: { defaultDuration: 30, maxDuration: 20 } } },
    'roles.host.defaultDuration: must be at most the role',
  ],
  [
    'callers setting their role',
    { roles: { host: { callerAttributes: ['role'] } } },
    'roles.host.callerAttributes[0]: is an attribute that only the server',
  ],
  [
    'a new role in part',
    { roles: { guest: { ...newRole, rank: undefined } } },
    'roles.guest.rank: must be given for a new role',
  ],
  ['a role name', { roles: { Guest: newRole } }, 'roles.Guest: must map role names to roles'],
  ['a part no role has', { roles: { host: { seats: 3 } } }, 'roles.host.seats: is not a known setting'],
  ['no mint', { limits: { mintsPerMinute: 0 } }, 'limits.mintsPerMinute: must be at least 1'],
  ['too many mints', { limits: { mintsPerMinute: 11 } }, 'limits.mintsPerMinute: must be at most 10'],
  ['too few ids', { limits: { unexpiredIds: 4 } }, 'limits.unexpiredIds: must be at least 5'],
  ['too many ids', { limits: { unexpiredIds: 17 } }, 'limits.unexpiredIds: must be at most 16'],
  ['too short a lease', { limits: { seatLeaseSeconds: 59 } }, 'limits.seatLeaseSeconds: must be at least 60'],
  ['an audit kept for no time', { audit: { keepDays: 0 } }, 'audit.keepDays: must be at least 1'],
  ['a history kept for eleven years', { history: { keepDays: 4015 } }, 'history.keepDays: must be at most 3650'],
  ['an unknown setting of the audit', { audit: { days: 3 } }, 'audit.days: is not a known setting'],
  [
    'a grant event that is not just on or off',
    { domainEvents: { granted: 'yes' } },
    'domainEvents.granted: must be true or false',
  ],
  ['a domain event nobody knows', { domainEvents: { joined: true } }, 'domainEvents.joined: is not a known setting'],
  ['too small a share', { quotaShare: 0.1 }, 'quotaShare: must be at least 0.2'],
  ['too large a share', { quotaShare: 1.1 }, 'quotaShare: must be at most 1'],
  ['too long a gap', { limits: { refreshGapSeconds: 601 } }, 'limits.refreshGapSeconds: must be at most 600'],
  ...[
    'https://app.example.com/',
    'http://app.example.com',
    'app.example.com',
    'null',
    'https://*.example.com',
    'https://app.example.com:443',
  ].map(
    (origin) => [`the origin ${origin}`, { allowedOrigins: [origin] }, 'allowedOrigins[0]: must be an origin'] as const,
  ),
  ['any origin and one', { allowedOrigins: ['*', 'https://app.example.com'] }, 'allowedOrigins: must be * alone'],
]

const listRows: readonly (readonly [string, readonly Members[], string])[] = [
  ['no prefix', [issuer(), other({ userIdPrefix: 'b:' })], 'issuers[0].userIdPrefix: must not be empty'],
  [
    'one prefix',
    [issuer({ userIdPrefix: 'a:' }), other({ userIdPrefix: 'a:' })],
    'issuers[1].userIdPrefix: must neither begin with',
  ],
  [
    'a prefix that begins another',
    [issuer({ userIdPrefix: 'ab' }), other({ userIdPrefix: 'a' })],
    'issuers[1].userIdPrefix: must neither begin with',
  ],
  [
    'one prefix for two readings of a user',
    [issuer({ userIdPrefix: 'a:' }), issuer({ audience: 'tv', userIdPrefix: 'a:', userIdClaim: 'email' })],
    'issuers[1].userIdPrefix: must neither begin with',
  ],
  [
    'the same issuer and audience',
    [issuer({ userIdPrefix: 'a:' }), issuer({ audience: ['tv', 'app'], userIdPrefix: 'a:' })],
    'issuers[1]: takes the same logins as issuers[0]',
  ],
]

describe('a configuration is refused', () => {
  it.each(entryRows)('for an issuer with %s', (_, changes, line) => {
    const found = problems(JSON.parse(JSON.stringify({ issuers: [issuer(changes)] })))
    expect(found).toEqual([expect.stringMatching(literally(line))])
  })

  it.each(configRows)('for %s', (_, changes, line) => {
    const found = problems(JSON.parse(JSON.stringify({ issuers: [issuer()], ...changes })))
    expect(found).toEqual([expect.stringMatching(literally(line))])
  })

  it.each(listRows)('for two issuers with %s', (_, issuers, line) => {
    expect(problems(JSON.parse(JSON.stringify({ issuers })))).toEqual([expect.stringMatching(literally(line))])
  })

  it('with every problem at once', () => {
    const config = {
      issuers: [issuer({ audience: '' }), other({ algorithms: ['none'], maxRole: 'nobody' })],
      tokenMode: 'kms',
      roles: { host: { defaultDuration: 30, maxDuration: 20 } },
      durations: { default: 60, max: 30 },
      limits: { mintsPerMinute: 0 },
      alowedOrigins: [],
    }
    expect(
      problems(config)
        .map((line) => line.slice(0, line.indexOf(':')))
        .sort(),
    ).toEqual([
      'alowedOrigins',
      'durations.default',
      'issuers[0].audience',
      'issuers[1].algorithms[0]',
      'issuers[1].maxRole',
      'issuers[1].userIdPrefix',
      'limits.mintsPerMinute',
      'roles.host.defaultDuration',
      'tokenMode',
    ])
  })

  it.each([null, undefined, 'text', 7, []])('where it is %j', (config) => {
    expect(problems(config).length).toBeGreaterThan(0)
  })
})

const literally = (line: string): RegExp => new RegExp(`^${line.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`)

describe('what is said about a configuration', () => {
  it('never holds a value of it', () => {
    const secret = marker('secret')
    const wrong = [secret, [secret], { [`${secret} ${secret}`]: secret }, { keys: [{ kty: 'oct', k: secret }] }]
    const fields = ['issuer', 'audience', 'jwksUri', 'jwks', 'hmacSecretId', 'algorithms', 'maxRole', 'roleMap']
    const settings = ['issuers', 'tokenMode', 'durations', 'limits', 'allowedOrigins', 'unknown']
    for (const value of wrong) {
      for (const field of fields) {
        const found = problems({ issuers: [issuer({ [field]: value }), { [field]: value }] })
        expect(found.join().replaceAll(/\["[^"]*"\]/g, '')).not.toContain(secret)
      }
      for (const name of settings) expect(problems({ issuers: [issuer()], [name]: value }).join()).not.toContain(secret)
    }
  })

  it('is said of anything, and nothing is thrown', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (any, some) => {
        expect(problems(any).length).toBeGreaterThan(0)
        expect(problems({ issuers: [issuer(), some], roles: any }).length).toBeGreaterThan(0)
        expect(problems({ issuers: any, roles: some, durations: some, limits: any }).length).toBeGreaterThan(0)
      }),
    )
  })
})
