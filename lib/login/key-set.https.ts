import { type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { parseKeySetUrl } from './key-set-url.ts'
import type { KeySetFetch } from './login-keys.ts'

/** Real key sets have a few kilobytes. */
const MAX_BYTES = 256 * 1024
/** For the whole answer, however often it was asked for: a caller is waiting. */
const TIMEOUT_MS = 3_000
/** A crowd that starts a thousand Lambdas at once asks its provider a thousand times; some refuse so many for a moment. */
const TRIES = 4
const FIRST_PAUSE_MS = 100

export interface KeySetFetchDeps {
  /** Resolves after so many milliseconds; rejects once the signal is aborted. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<unknown>
  /** From 0 to 1. */
  readonly random: () => number
  /** Milliseconds for the whole answer. */
  readonly timeoutMs?: number
}

/** What a provider will say again if it is asked again. */
class Unusable extends Error {}

/**
 * Fetches key sets over https (http from loopback only), following no redirect; up to four times, each pause three times the
 * last, where nothing came back or the provider was busy (429, 5xx). `node:https` and not `fetch`, which costs every cold
 * start some 25 ms.
 */
export function createKeySetFetch({ wait, random, timeoutMs = TIMEOUT_MS }: KeySetFetchDeps): KeySetFetch {
  return async (address) => {
    const url = parseKeySetUrl(address)
    if (!url) throw new Error('the address of a key set must be https')
    const signal = AbortSignal.timeout(timeoutMs)
    for (let tried = 1; ; tried++) {
      try {
        return await fetchOnce(url, signal)
      } catch (error) {
        if (tried === TRIES || signal.aborted || error instanceof Unusable) throw error
        await wait(FIRST_PAUSE_MS * 3 ** (tried - 1) * (0.5 + random() / 2), signal)
      }
    }
  }
}

function fetchOnce(url: URL, signal: AbortSignal): Promise<string> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp
  return new Promise((resolve, reject) => {
    const sent = request(url, { headers: { accept: 'application/jwk-set+json, application/json' }, signal })
    sent.on('error', reject)
    sent.on('response', (response) => {
      textOf(response)
        .then(resolve, reject)
        .finally(() => sent.destroy())
    })
    sent.end()
  })
}

async function textOf(response: IncomingMessage): Promise<string> {
  const { statusCode = 0 } = response
  if (statusCode !== 200) {
    const isBusy = statusCode === 429 || statusCode >= 500
    throw new (isBusy ? Error : Unusable)(`the key set was answered with status ${statusCode}`)
  }
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > MAX_BYTES) throw new Unusable(`the key set is larger than ${MAX_BYTES} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
