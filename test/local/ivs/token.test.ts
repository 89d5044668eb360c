import { describe, expect, it } from 'vitest'
import { type Room, reasonOf, room } from './room.ts'
import { signer, stand } from './stand.ts'

const DAY = 24 * 60 * 60

describe('a self-signed token', () => {
  it('lets its holder in, under the id it names', () => {
    const made = stand()
    const { stageArn, selfSigned } = room(made)
    const joined = made.ivs.side.join({ token: selfSigned() })
    expect(joined).toMatchObject({ ok: true, value: { participantId: 'alice1', stageArn } })
  })

  const NOW = 1_795_262_400
  it.each([
    ['no token', () => undefined, 'TOKEN_MISSING'],
    ['text', () => 'no.token', 'TOKEN_INVALID'],
    ['another version', (r: Room) => r.selfSigned({ version: '2.0' }), 'TOKEN_INVALID'],
    ['a fraction of a second', (r) => r.selfSigned({ iat: NOW - 0.5 }), 'TOKEN_INVALID'],
    ['exp before iat', (r) => r.selfSigned({ exp: NOW - 10, iat: NOW - 5 }), 'TOKEN_INVALID'],
    ['more than 14 days', (r) => r.selfSigned({ exp: NOW + 14 * DAY + 1 }), 'TOKEN_INVALID'],
    ['iat ahead', (r) => r.selfSigned({ iat: NOW + 1 }), 'TOKEN_INVALID'],
    ['exp now', (r) => r.selfSigned({ iat: NOW - 60, exp: NOW }), 'TOKEN_EXPIRED'],
    ['an id with a dot', (r) => r.selfSigned({ jti: 'a.b' }), 'TOKEN_INVALID'],
    ['an id of 65', (r) => r.selfSigned({ jti: 'a'.repeat(65) }), 'TOKEN_INVALID'],
    ['another topic', (r) => r.selfSigned({ topic: 'other' }), 'TOKEN_INVALID'],
    [
      'a stage that never was',
      (r) => r.selfSigned({ resource: `${r.stageArn}x`, topic: `${r.claims().topic}x` }),
      'TOKEN_INVALID',
    ],
    ['other events endpoint', (r) => r.selfSigned({ events_url: 'wss://example.com' }), 'TOKEN_INVALID'],
    ['other whip endpoint', (r) => r.selfSigned({ whip_url: 'https://example.com' }), 'TOKEN_INVALID'],
    ['no attributes', (r) => r.selfSigned({ attributes: undefined }), 'TOKEN_INVALID'],
    ['attributes of 1,025 bytes', (r) => r.selfSigned({ attributes: { a: 'x'.repeat(1017) } }), 'TOKEN_INVALID'],
    ['a number among attributes', (r) => r.selfSigned({ attributes: { a: 1 } }), 'TOKEN_INVALID'],
    ['a user id of 129', (r) => r.selfSigned({ user_id: 'u'.repeat(129) }), 'TOKEN_INVALID'],
    ['no capability', (r) => r.selfSigned({ capabilities: { allow_publish: false } }), 'TOKEN_INVALID'],
    ['an unknown capability', (r) => r.selfSigned({ capabilities: { allow_record: true } }), 'TOKEN_INVALID'],
    ['a capability as text', (r) => r.selfSigned({ capabilities: { allow_publish: 'true' } }), 'TOKEN_INVALID'],
    ['alg none', (r) => r.selfSigned({}, { alg: 'none' }), 'TOKEN_INVALID'],
    ['an unknown kid', (r) => r.selfSigned({}, { kid: `${r.keyArn}x` }), 'TOKEN_INVALID_SIGNATURE'],
    [
      'another key',
      (r) => signer().sign({ alg: 'ES384', typ: 'JWT', kid: r.keyArn }, r.claims()),
      'TOKEN_INVALID_SIGNATURE',
    ],
  ] as [string, (r: Room) => unknown, string][])('with %s is refused', (_, tokenOf, code) => {
    const made = stand()
    const r = room(made)
    expect(reasonOf(made.ivs.side.join({ token: tokenOf(r) }))).toBe(code)
  })
})

describe('a signature', () => {
  it('in DER is refused: JOSE has R and S side by side', () => {
    const made = stand()
    const r = room(made)
    const [header, payload, signature = ''] = r.selfSigned().split('.')
    const raw = Buffer.from(signature, 'base64url')
    const integer = (bytes: Buffer) => Buffer.concat([Buffer.from([2, bytes.length + 1, 0]), bytes])
    const [left, right] = [integer(raw.subarray(0, 48)), integer(raw.subarray(48))]
    const der = Buffer.concat([Buffer.from([0x30, left.length + right.length]), left, right])
    const token = `${header}.${payload}.${der.toString('base64url')}`
    expect(reasonOf(made.ivs.side.join({ token }))).toBe('TOKEN_INVALID_SIGNATURE')
  })

  it('of the API cannot be carried over to other claims', () => {
    const made = stand()
    const r = room(made)
    const [header, payload = '', signature] = r.apiToken({ capabilities: ['SUBSCRIBE'] }).token.split('.')
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
    const more = { ...claims, capabilities: { allow_publish: true, allow_subscribe: true } }
    const forged = `${header}.${Buffer.from(JSON.stringify(more)).toString('base64url')}.${signature}`
    expect(reasonOf(made.ivs.side.join({ token: forged }))).toBe('TOKEN_INVALID_SIGNATURE')
  })

  it('of another server’s API is not this one’s', () => {
    const [made, other] = [stand(), stand()]
    const { token } = room(other).apiToken()
    room(made)
    expect(reasonOf(made.ivs.side.join({ token }))).toBe('TOKEN_INVALID_SIGNATURE')
  })
})

describe('a token of the API', () => {
  it('lives as many minutes as were asked for, 720 by default', () => {
    const made = stand()
    const r = room(made)
    const [short, usual] = [r.apiToken({ duration: 1 }), r.apiToken()]
    made.now += 60_000
    expect(reasonOf(made.ivs.side.join({ token: short.token }))).toBe('TOKEN_EXPIRED')
    made.now += 718 * 60_000 + 59_999
    expect(reasonOf(made.ivs.side.join({ token: usual.token }))).toBe('ok')
  })

  it('is minted by CreateStage too, and opens that stage', () => {
    const made = stand()
    const input = { participantTokenConfigurations: [{ userId: 'a' }, { userId: 'b' }] }
    const { stage, participantTokens } = made.ivs.invoke('CreateStage', input) as {
      stage: { arn: string }
      participantTokens: { token: string; participantId: string }[]
    }
    expect(participantTokens).toHaveLength(2)
    const joined = made.ivs.side.join({ token: participantTokens[1]?.token })
    expect(joined).toMatchObject({
      value: { stageArn: stage.arn, participantId: participantTokens[1]?.participantId },
    })
  })

  it('has an id of its own, of twelve letters and digits', () => {
    const r = room(stand())
    const ids = Array.from({ length: 50 }, () => r.apiToken().participantId)
    expect(new Set(ids)).toHaveProperty('size', 50)
    for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9]{12}$/)
  })
})

describe('a deleted stage', () => {
  it('is told from one that never was, for both kinds of token', () => {
    const made = stand()
    const r = room(made)
    const tokens = [r.selfSigned(), r.apiToken().token]
    made.ivs.invoke('DeleteStage', { arn: r.stageArn })
    expect(tokens.map((token) => reasonOf(made.ivs.side.join({ token })))).toEqual(['STAGE_DELETED', 'STAGE_DELETED'])
  })
})
