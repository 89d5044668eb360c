import { describe, expect, it } from 'vitest'
import { type Stand, signer, stand } from './stand.ts'

type Made = { stage: { arn: string; activeSessionId?: string; endpoints: { events: string; whip: string } } }
const DAY = 24 * 60 * 60

function room(made: Stand) {
  const { stage } = made.ivs.invoke('CreateStage', {}) as Made
  const key = signer()
  const { publicKey } = made.ivs.invoke('ImportPublicKey', { publicKeyMaterial: key.pem }) as {
    publicKey: { arn: string }
  }
  const seconds = made.now / 1000
  const claims = (change: object = {}) => ({
    exp: seconds + 3600,
    iat: seconds,
    jti: 'alice1',
    resource: stage.arn,
    topic: stage.arn.split('/')[1],
    events_url: stage.endpoints.events,
    whip_url: stage.endpoints.whip,
    user_id: 'alice',
    attributes: { name: 'Alice' },
    capabilities: { allow_publish: true, allow_subscribe: true },
    version: '1.0',
    ...change,
  })
  const header = { alg: 'ES384', typ: 'JWT', kid: publicKey.arn }
  const token = (change: object = {}, headerChange: object = {}) =>
    key.sign({ ...header, ...headerChange }, claims(change))
  return { stage, key, keyArn: publicKey.arn, token, claims, header }
}

describe('a self-signed token', () => {
  it('lets its holder in, under the id it names', () => {
    const made = stand()
    const { stage, token } = room(made)
    const joined = made.ivs.side.join({ token: token() })
    expect(joined).toMatchObject({ ok: true, value: { participantId: 'alice1', stageArn: stage.arn } })
  })

  const NOW = 1_795_262_400
  it.each([
    ['no token', () => undefined, 'TOKEN_MISSING'],
    ['text', () => 'no.token', 'TOKEN_INVALID'],
    ['another version', (r: ReturnType<typeof room>) => r.token({ version: '2.0' }), 'TOKEN_INVALID'],
    ['a fraction of a second', (r) => r.token({ iat: NOW - 0.5 }), 'TOKEN_INVALID'],
    ['exp before iat', (r) => r.token({ exp: NOW - 10, iat: NOW - 5 }), 'TOKEN_INVALID'],
    ['more than 14 days', (r) => r.token({ exp: NOW + 14 * DAY + 1 }), 'TOKEN_INVALID'],
    ['iat ahead', (r) => r.token({ iat: NOW + 1 }), 'TOKEN_INVALID'],
    ['exp now', (r) => r.token({ iat: NOW - 60, exp: NOW }), 'TOKEN_EXPIRED'],
    ['an id with a dot', (r) => r.token({ jti: 'a.b' }), 'TOKEN_INVALID'],
    ['an id of 65', (r) => r.token({ jti: 'a'.repeat(65) }), 'TOKEN_INVALID'],
    ['another topic', (r) => r.token({ topic: 'other' }), 'TOKEN_INVALID'],
    [
      'a stage that never was',
      (r) => r.token({ resource: `${r.stage.arn}x`, topic: `${r.claims().topic}x` }),
      'TOKEN_INVALID',
    ],
    ['other events endpoint', (r) => r.token({ events_url: 'wss://example.com' }), 'TOKEN_INVALID'],
    ['other whip endpoint', (r) => r.token({ whip_url: 'https://example.com' }), 'TOKEN_INVALID'],
    ['no attributes', (r) => r.token({ attributes: undefined }), 'TOKEN_INVALID'],
    ['attributes of 1,025 bytes', (r) => r.token({ attributes: { a: 'x'.repeat(1017) } }), 'TOKEN_INVALID'],
    ['a number among attributes', (r) => r.token({ attributes: { a: 1 } }), 'TOKEN_INVALID'],
    ['a user id of 129', (r) => r.token({ user_id: 'u'.repeat(129) }), 'TOKEN_INVALID'],
    ['no capability', (r) => r.token({ capabilities: { allow_publish: false } }), 'TOKEN_INVALID'],
    ['an unknown capability', (r) => r.token({ capabilities: { allow_record: true } }), 'TOKEN_INVALID'],
    ['a capability as text', (r) => r.token({ capabilities: { allow_publish: 'true' } }), 'TOKEN_INVALID'],
    ['alg none', (r) => r.token({}, { alg: 'none' }), 'TOKEN_INVALID'],
    ['an unknown kid', (r) => r.token({}, { kid: `${r.keyArn}x` }), 'TOKEN_INVALID_SIGNATURE'],
    ['another key', (r) => signer().sign(r.header, r.claims()), 'TOKEN_INVALID_SIGNATURE'],
  ] as [string, (r: ReturnType<typeof room>) => unknown, string][])('with %s is refused', (_, tokenOf, code) => {
    const made = stand()
    const r = room(made)
    expect(made.ivs.side.join({ token: tokenOf(r) })).toMatchObject({ ok: false, refusal: { code } })
  })
})
