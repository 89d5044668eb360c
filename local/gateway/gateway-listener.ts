import type { ServerResponse } from 'node:http'
import { type Listener, readBody } from '../wire.ts'
import { type Gateway, MAX_BODY_BYTES } from './gateway.ts'
import type { WireAnswer } from './http-answer.ts'

function send(response: ServerResponse, { status, headers, body }: WireAnswer): void {
  const hasBody = status !== 204 && status !== 304
  const length = hasBody ? { 'content-length': String(body.length) } : {}
  const values = Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value : [...value]])
  response.writeHead(status, { ...Object.fromEntries(values), ...length })
  response.end(hasBody ? body : undefined)
}

/** The gateway on a socket. */
export function createGatewayListener(gateway: Gateway): Listener {
  return async (request, response) => {
    const answer = await gateway({
      method: request.method ?? 'GET',
      url: request.url ?? '/',
      rawHeaders: request.rawHeaders,
      body: await readBody(request, MAX_BODY_BYTES),
      sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
    })
    send(response, answer)
  }
}
