import type { ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Faults } from '../aws/faults.ts'
import { type Listener, readBody } from '../wire.ts'
import type { ControlAnswer, ControlRequest } from './control.ts'

const MAX_BODY_BYTES = 1024 * 1024
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

const isLoopback = (url: string): boolean => URL.canParse(url) && LOOPBACK.has(new URL(url).hostname)

/**
 * Only somebody on this machine, and no web page of elsewhere in their browser: a foreign `Origin`, a cross-site fetch, or a
 * foreign name that was made to resolve to loopback (DNS rebinding) is turned away.
 */
export function isFromHere(headers: Readonly<Record<string, string | string[] | undefined>>): boolean {
  const { host, origin, 'sec-fetch-site': site } = headers
  if (typeof host !== 'string' || !isLoopback(`http://${host}`)) return false
  if (origin !== undefined && !isLoopback(String(origin))) return false
  return site === undefined || site === 'none' || site === 'same-origin' || site === 'same-site'
}

function parsedBody(body: Buffer): { readonly json: unknown } | undefined {
  try {
    return { json: JSON.parse(body.toString('utf8') || '{}') }
  } catch {
    return undefined
  }
}

function send(response: ServerResponse, { status, body }: ControlAnswer): void {
  if (body === undefined) response.writeHead(status).end()
  else response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

/** The key set is a service of the product too, so it can be made to fail. Answers whether the request was dealt with. */
async function underFault(faults: Faults, response: ServerResponse): Promise<boolean> {
  const fault = faults.draw('jwks', 'GET')
  switch (fault?.mode) {
    case 'error':
      send(response, { status: 500, body: { message: 'broken on purpose' } })
      return true
    case 'throttle':
      send(response, { status: 429, body: { message: 'Too Many Requests' } })
      return true
    case 'drop':
      response.destroy()
      return true
    case 'timeout':
      return true
    case 'delay':
      await sleep(fault.delayMs)
      return false
    default:
      return false
  }
}

/** Serves what is under `/_local`. */
export function createControlListener(
  control: (request: ControlRequest) => Promise<ControlAnswer>,
  faults: Faults,
): Listener {
  return async (request, response) => {
    if (!isFromHere(request.headers)) return send(response, { status: 403, body: { message: 'Forbidden' } })
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
    const path = pathname.slice('/_local'.length).replace(/\/$/, '')
    if (path === '/jwks.json' && (await underFault(faults, response))) return
    const body = parsedBody(await readBody(request, MAX_BODY_BYTES))
    if (!body) return send(response, { status: 400, body: { message: 'the body is not JSON' } })
    send(response, await control({ method: request.method ?? 'GET', path, query: searchParams, body: body.json }))
  }
}
