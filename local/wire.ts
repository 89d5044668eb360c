import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Reads a request's body, at most `limit` bytes and one more: whoever asks can see that it was too long. */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length <= limit + 1) chunks.push(chunk)
    else if (length - chunk.length <= limit) chunks.push(chunk.subarray(0, limit + 1 - (length - chunk.length)))
  }
  return Buffer.concat(chunks)
}

export type Listener = (request: IncomingMessage, response: ServerResponse) => Promise<void>

export interface Listening {
  readonly url: string
  stop(): Promise<void>
}

/** Longer than the clients' own, so that none of them reuses a connection in the moment we close it. */
const KEEP_ALIVE_MS = 65_000
/** More than API Gateway's own limit, which the gateway enforces itself. */
const MAX_HEADER_BYTES = 64 * 1024

function answerFault(response: ServerResponse): void {
  if (response.headersSent) response.destroy()
  else response.writeHead(500, { 'content-type': 'application/json' }).end('{"message":"Internal Server Error"}')
}

/** Listens on the loopback address alone. Rejects with `EADDRINUSE` when the port is taken; port 0 takes any free one. */
export async function listen(listener: Listener, port: number, onFault: (error: unknown) => void): Promise<Listening> {
  const server: Server = createServer({ maxHeaderSize: MAX_HEADER_BYTES, keepAliveTimeout: KEEP_ALIVE_MS })
  server.on('request', (request, response) => {
    listener(request, response).catch((error: unknown) => {
      if (!request.destroyed || request.complete) onFault(error)
      answerFault(response)
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve)
  })
  const { port: bound } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${bound}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
