import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createKeySetFetch } from '../../../lib/login/key-set.https.ts'
import { parseKeySetUrl } from '../../../lib/login/key-set-url.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

async function serving(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const pauses: number[] = []
const wait = async (ms: number): Promise<void> => void pauses.push(ms)
const fetchKeySet = createKeySetFetch({ wait, random: () => 1 })

describe('createKeySetFetch', () => {
  it('answers the text of a key set', async () => {
    const url = await serving((request, response) => response.end(`{"keys":[],"path":"${request.url}"}`))
    expect(await fetchKeySet(`${url}/keys?v=1`)).toBe('{"keys":[],"path":"/keys?v=1"}')
  })

  it('follows no redirect', async () => {
    let hits = 0
    const target = await serving((_, response) => {
      hits += 1
      response.end('{"keys":[]}')
    })
    const url = await serving((_, response) => response.writeHead(302, { location: target }).end('{"keys":[]}'))
    await expect(fetchKeySet(url)).rejects.toThrow('status 302')
    expect(hits).toBe(0)
  })

  it.each([204, 304, 404, 500, 503])('refuses status %i', async (status) => {
    const url = await serving((_, response) => response.writeHead(status).end())
    await expect(fetchKeySet(url)).rejects.toThrow(`status ${status}`)
  })

  it.each([429, 500, 502, 503])('asks again a little later after status %i, up to four times', async (status) => {
    let asked = 0
    const url = await serving((_, response) => {
      asked += 1
      if (asked % 4 === 0) response.end('{"keys":[]}')
      else response.writeHead(status).end()
    })
    pauses.length = 0
    expect(await fetchKeySet(url)).toBe('{"keys":[]}')
    expect(asked).toBe(4)
    expect(pauses).toEqual([100, 300, 900])
  })

  it.each([
    ['a status that will not change', 404],
    ['a redirect', 302],
  ])('asks once where the answer is %s', async (_, status) => {
    let asked = 0
    const url = await serving((_request, response) => {
      asked += 1
      response.writeHead(status).end()
    })
    await expect(fetchKeySet(url)).rejects.toThrow(`status ${status}`)
    expect(asked).toBe(1)
  })

  it('waits for no longer than its time, pauses and all', async () => {
    const url = await serving((_, response) => response.writeHead(503).end())
    const never = (_ms: number, signal: AbortSignal): Promise<never> =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    const fetch = createKeySetFetch({ wait: never, random: () => 0, timeoutMs: 50 })
    await expect(fetch(url)).rejects.toThrow()
  })

  it('pauses for a random part of the time, so that a thousand do not ask again at once', async () => {
    const url = await serving((_, response) => response.writeHead(503).end())
    pauses.length = 0
    await expect(createKeySetFetch({ wait, random: () => 0 })(url)).rejects.toThrow('status 503')
    expect(pauses).toEqual([50, 150, 450])
  })

  it('stops reading an answer that is too large', async () => {
    const closed = Promise.withResolvers<void>()
    const url = await serving((_, response) => {
      const chunk = 'x'.repeat(64 * 1024)
      const more = (): void => {
        while (!response.destroyed && response.write(chunk));
      }
      response.on('drain', more).on('close', () => closed.resolve())
      more()
    })
    await expect(fetchKeySet(url)).rejects.toThrow('larger than')
    await closed.promise
  })

  it('takes an answer of exactly the largest size', async () => {
    const url = await serving((_, response) => response.end('x'.repeat(256 * 1024)))
    expect(await fetchKeySet(url)).toHaveLength(256 * 1024)
  })

  it.each([
    ['never answers', (): void => undefined],
    ['stops in the middle', (response: { write(text: string): unknown }): unknown => response.write('{"keys":')],
  ])('gives up on a provider that %s', async (_, answer) => {
    const url = await serving((_request, response) => {
      answer(response)
    })
    await expect(createKeySetFetch({ wait, random: () => 1, timeoutMs: 50 })(url)).rejects.toThrow()
  })

  it('rejects where nobody listens, and where the answer breaks off', async () => {
    const url = await serving((_, response) => {
      response.writeHead(200, { 'content-length': 100 })
      response.write('{"keys"')
      response.socket?.destroy()
    })
    await expect(fetchKeySet(url)).rejects.toThrow()
    await expect(fetchKeySet('http://127.0.0.1:1/')).rejects.toThrow()
  })

  it('speaks TLS to https addresses', async () => {
    const url = await serving((_, response) => response.end('{"keys":[]}'))
    await expect(fetchKeySet(url.replace('http:', 'https:'))).rejects.toThrow()
  })

  it('refuses plain http to anywhere else before it connects', async () => {
    await expect(fetchKeySet('http://keys.example.com/')).rejects.toThrow('must be https')
  })
})

describe('parseKeySetUrl', () => {
  it.each([
    'https://keys.example.com/jwks.json',
    'https://keys.example.com:8443/a?b=c',
    'http://localhost:3000/jwks.json',
    'http://127.0.0.1/jwks.json',
    'http://127.8.9.10/',
    'http://[::1]:3000/',
  ])('takes %s', (text) => {
    expect(parseKeySetUrl(text)?.href).toBe(new URL(text).href)
  })

  it.each([
    '',
    'keys.example.com',
    '/jwks.json',
    'http://keys.example.com/',
    'http://localhost.example.com/',
    'http://127.0.0.1.example.com/',
    'http://127.0.0.1@example.com/',
    'http://10.0.0.1/',
    'http://169.254.169.254/latest/meta-data',
    'http://0.0.0.0/',
    'https://user:secret@keys.example.com/',
    'https://keys.example.com/#part',
    'file:///etc/passwd',
    'ftp://localhost/',
    'data:application/json,{}',
  ])('refuses %j', (text) => {
    expect(parseKeySetUrl(text)).toBeUndefined()
  })
})
