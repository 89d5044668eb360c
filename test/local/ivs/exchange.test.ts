import { describe, expect, it } from 'vitest'
import { historyOf, participantOf, reasonOf, room } from './room.ts'
import { signer, stand } from './stand.ts'

const SUBSCRIBE_ONLY = { allow_publish: false, allow_subscribe: true }

function joined(options: Parameters<typeof stand>[0] = {}) {
  const made = stand(options)
  const r = room(made)
  const first = r.selfSigned()
  made.ivs.side.join({ token: first })
  const exchange = (token: unknown) => reasonOf(made.ivs.side.exchange({ participantId: 'alice1', token }))
  return { made, r, first, exchange }
}

describe('a token exchange', () => {
  it('changes what the participant may do and is, and takes publishing away at once', () => {
    const { made, r, exchange } = joined()
    made.ivs.side.publish({ participantId: 'alice1' })
    const change = { capabilities: SUBSCRIBE_ONLY, user_id: 'alice-2', attributes: { name: 'A.' } }
    expect(exchange(r.selfSigned(change))).toBe('ok')
    const found = participantOf(made, r, r.sessionId(), 'alice1')
    expect(found).toMatchObject({ userId: 'alice-2', attributes: { name: 'A.' }, state: 'CONNECTED' })
    expect(historyOf(made, r.stageArn, r.sessionId(), 'alice1').slice(-2)).toEqual([
      'TOKEN_EXCHANGED',
      'PUBLISH_STOPPED',
    ])
    expect(made.events.at(-2)?.detail).toEqual({
      session_id: r.sessionId(),
      event_name: 'Token Exchanged',
      event_time: '2026-11-21T12:00:00Z',
      user_id: 'alice-2',
      participant_id: 'alice1',
      previous_token: {
        capabilities: ['PUBLISH', 'SUBSCRIBE'],
        attributes: { name: 'Alice' },
        user_id: 'alice',
        expiration_time: '2026-11-21T13:00:00.000Z',
      },
      new_token: {
        capabilities: ['SUBSCRIBE'],
        attributes: { name: 'A.' },
        user_id: 'alice-2',
        expiration_time: '2026-11-21T13:00:00.000Z',
      },
    })
    expect(reasonOf(made.ivs.side.publish({ participantId: 'alice1' }))).toBe('TOKEN_NOT_ALLOWED')
  })

  it('for the very same token does nothing', () => {
    const { made, first, exchange } = joined()
    expect(exchange(first)).toBe('ok')
    expect(made.events).toEqual([])
  })

  it('for another participant’s token is refused on the spot', () => {
    const { made, r, exchange } = joined()
    expect(exchange(r.selfSigned({ jti: 'bob' }))).toBe('TOKEN_EXCHANGE_REQUEST_INVALID')
    expect(participantOf(made, r, r.sessionId(), 'alice1')).toMatchObject({ state: 'CONNECTED' })
  })

  it('is not for tokens of the API, on either side', () => {
    const { made, r, exchange } = joined()
    expect(exchange(r.apiToken().token)).toBe('TOKEN_EXCHANGE_REQUEST_INVALID')
    const participantId = r.enter()
    const token = r.selfSigned({ jti: participantId })
    expect(reasonOf(made.ivs.side.exchange({ participantId, token }))).toBe('TOKEN_EXCHANGE_REQUEST_INVALID')
  })

  it.each([
    ['an expired token', (r: ReturnType<typeof room>) => r.selfSigned({ iat: 1_795_262_000, exp: 1_795_262_399 })],
    [
      'a forged one',
      (r) => signer().sign({ alg: 'ES384', typ: 'JWT', kid: r.keyArn }, r.claims({ exp: 1_795_269_000 })),
    ],
    ['no token at all', () => undefined],
  ] as [string, (r: ReturnType<typeof room>) => unknown][])('for %s makes the participant leave', (_, tokenOf) => {
    const { made, r, exchange } = joined()
    expect(exchange(tokenOf(r))).toBe('TOKEN_EXCHANGE_FAILED')
    expect(participantOf(made, r, r.sessionId(), 'alice1')).toMatchObject({ state: 'DISCONNECTED' })
  })

  it.each([
    ['is refused', true, 'TOKEN_EXCHANGE_FAILED'],
    ['works', false, 'ok'],
  ])('with another key %s when the same one %s is needed', (_, exchangeNeedsSameKey, expected) => {
    const { made, r, exchange } = joined({ assume: { exchangeNeedsSameKey } })
    const other = signer()
    const { publicKey } = made.ivs.invoke('ImportPublicKey', { publicKeyMaterial: other.pem }) as {
      publicKey: { arn: string }
    }
    const token = other.sign({ alg: 'ES384', typ: 'JWT', kid: publicKey.arn }, r.claims({ user_id: 'new' }))
    expect(exchange(token)).toBe(expected)
  })

  it.each([
    ['stays usable', false, 'ok'],
    ['is spent', true, 'TOKEN_INVALID'],
  ])('leaves the old token behind, which %s (%s)', (_, exchangeKillsOldToken, expected) => {
    const { made, r, first, exchange } = joined({ assume: { exchangeKillsOldToken } })
    exchange(r.selfSigned({ capabilities: SUBSCRIBE_ONLY }))
    made.ivs.side.leave({ participantId: 'alice1' })
    expect(reasonOf(made.ivs.side.join({ token: first }))).toBe(expected)
  })
})
