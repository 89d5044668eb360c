import { type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { parseKeySetUrl } from './key-set-url.ts'
import type { KeySetFetch } from './login-keys.ts'

/** Real key sets have a few kilobytes. */
const MAX_BYTES = 256 * 1024
/** For the whole answer: a caller is waiting. */
const TIMEOUT_MS = 3_000

/**
 * Fetches key sets over https (http from loopback only), following no redirect. `node:https` and not `fetch`, which costs
 * every cold start some 25 ms.
 * @param options.timeoutMs milliseconds for the whole answer
 */
export function createKeySetFetch({ timeoutMs = TIMEOUT_MS }: { readonly timeoutMs?: number } = {}): KeySetFetch {
  return (address) => {
    const url = parseKeySetUrl(address)
    if (!url) return Promise.reject(new Error('the address of a key set must be https'))
    const request = url.protocol === 'https:' ? requestHttps : requestHttp
    return new Promise((resolve, reject) => {
      const sent = request(url, {
        headers: { accept: 'application/jwk-set+json, application/json' },
        signal: AbortSignal.timeout(timeoutMs),
      })
      sent.on('error', reject)
      sent.on('response', (response) => {
        textOf(response)
          .then(resolve, reject)
          .finally(() => sent.destroy())
      })
      sent.end()
    })
  }
}

async function textOf(response: IncomingMessage): Promise<string> {
  if (response.statusCode !== 200) throw new Error(`the key set was answered with status ${response.statusCode}`)
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > MAX_BYTES) throw new Error(`the key set is larger than ${MAX_BYTES} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
