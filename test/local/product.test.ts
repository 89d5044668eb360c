import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterEach, describe, expect, it } from 'vitest'
import { startTwin, type TestTwin } from '../support/twin.ts'

let twin: TestTwin | undefined
afterEach(() => twin?.stop())

async function join(at: TestTwin, login: string) {
  const headers = { authorization: `Bearer ${login}` }
  const response = await fetch(`${at.api}/v1/stages/demo/join`, { method: 'POST', headers })
  return { status: response.status, body: (await response.json()) as { token?: string; code?: string } }
}

const loginOf = async (at: TestTwin) => (await at.local<{ token: string }>('POST', '/login', { sub: 'u' })).token

describe('what the environment overrides', () => {
  it('AUTH_ISSUERS replaces the local issuer, and the demo stage is there all the same', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256')
    const issuer = { issuer: 'https://own.example', audience: 'own', jwks: { keys: [await exportJWK(publicKey)] } }
    twin = await startTwin({ env: { AUTH_ISSUERS: JSON.stringify([issuer]) } })
    expect(twin.info.demoStage).toBe('demo')
    const own = await new SignJWT({ sub: 'u' })
      .setProtectedHeader({ alg: 'ES256' })
      .setIssuer(issuer.issuer)
      .setAudience('own')
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(privateKey)
    expect((await join(twin, own)).status).toBe(201)
    expect(await join(twin, await loginOf(twin))).toMatchObject({ status: 401, body: { code: 'login_invalid' } })
  })

  it('TOKEN_MODE=ivs has IVS make the tokens', async () => {
    twin = await startTwin({ env: { TOKEN_MODE: 'ivs' } })
    const joined = await join(twin, await loginOf(twin))
    expect(joined.status).toBe(201)
    const { entries } = await twin.local<{ entries: { operation: string; function?: string }[] }>('GET', '/ledger')
    expect(entries).toContainEqual(
      expect.objectContaining({ function: 'join', operation: 'CreateParticipantToken', status: 200 }),
    )
    await expect(twin.local('POST', '/stage/join', { token: joined.body.token })).resolves.toMatchObject({
      sessionId: expect.any(String),
    })
  })

  it.each(['TOKEN_MODE', 'AUTH_ISSUERS'])('a %s that makes no sense ends the start, saying so', async (name) => {
    await expect(startTwin({ env: { [name]: '{moon' } })).rejects.toThrow(name)
  })
})

describe('the clock', () => {
  it('ends logins and tokens as time would', async () => {
    twin = await startTwin()
    const login = await loginOf(twin)
    const { body } = await join(twin, login)
    await twin.local('POST', '/clock', { advance: 13 * 3600 })
    expect(await join(twin, login)).toMatchObject({ status: 401, body: { code: 'login_expired' } })
    const late = await fetch(`${twin.control}/stage/join`, {
      method: 'POST',
      body: JSON.stringify({ token: body.token }),
    })
    expect([late.status, await late.json()]).toEqual([401, expect.objectContaining({ code: 'TOKEN_EXPIRED' })])
  })
})
