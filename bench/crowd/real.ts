import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { startLocalStack } from '../local-stack.ts'
import { quantile, round } from '../statistics.ts'

const ISSUER = 'https://login.example.com/'
const CLIENTS = 16
const MEBIBYTE = 2 ** 20

/** Joins of ever new users against the local stack, bundles and all, from this process. */
export async function joinTheTwin(seconds: number) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwks = { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'key-1', alg: 'ES256', use: 'sig' }] }
  const issuer = { issuer: ISSUER, audience: 'app', jwks, rolesClaim: 'roles', adminRoles: ['admin'] }
  const twin = await startLocalStack({
    quotas: false,
    env: { AUTH_ISSUERS: JSON.stringify([issuer]), LOG_LEVEL: 'WARN' },
  })
  const post = async (path: string, login: string, body: string): Promise<number> => {
    const headers = { authorization: `Bearer ${login}`, 'content-type': 'application/json' }
    const response = await fetch(`${twin.info.api}/v1/stages${path}`, { method: 'POST', headers, body })
    await response.arrayBuffer()
    return response.status
  }
  const made = await post('', loginOf('admin', privateKey), '{"stageId":"crowd","access":"open"}')
  if (made !== 201) throw new Error(`the stage was not made: ${made}`)
  const latencies: number[] = []
  const memory: number[] = []
  let refused = 0
  let user = 0
  const until = performance.now() + seconds * 1000
  const client = async (): Promise<void> => {
    while (performance.now() < until) {
      const login = loginOf(`user-${user++}`, privateKey)
      const began = performance.now()
      const status = await post('/crowd/join', login, '')
      latencies.push(performance.now() - began)
      if (status !== 201) refused++
    }
  }
  const watch = setInterval(() => memory.push(process.memoryUsage.rss() / MEBIBYTE), 1000)
  await Promise.all(Array.from({ length: CLIENTS }, client))
  clearInterval(watch)
  await twin.stop()
  const third = Math.floor(memory.length / 3)
  return {
    joins: latencies.length,
    'joins a second': round(latencies.length / seconds, 0),
    'not 201': refused,
    'p50 ms': round(quantile(latencies, 0.5), 1),
    'p99 ms': round(quantile(latencies, 0.99), 1),
    'MiB after a third': round(memory[third] ?? 0, 0),
    'MiB at the end': round(memory.at(-1) ?? 0, 0),
  }
}

function loginOf(sub: string, key: KeyObject): string {
  const now = Math.floor(Date.now() / 1000)
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const claims = { iss: ISSUER, aud: 'app', sub, iat: now, exp: now + 3600, roles: sub === 'admin' ? ['admin'] : [] }
  const input = `${part({ alg: 'ES256', kid: 'key-1', typ: 'JWT' })}.${part(claims)}`
  const signature = sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' })
  return `${input}.${signature.toString('base64url')}`
}
