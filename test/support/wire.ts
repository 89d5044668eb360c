import { request as openRequest } from 'node:http'
import type { Reply } from './app.ts'

export interface WireRequest {
  readonly method: string
  /** As it goes into the request line: nothing is decoded, joined or normalised. */
  readonly path: string
  /** A list is sent as so many header lines. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: string | Uint8Array
}

/** What `fetch` would tidy up is sent exactly as given. A body that is not JSON is answered as text. */
export function sendRaw(api: string, { method, path, headers = {}, body }: WireRequest): Promise<Reply> {
  const { hostname, port } = new URL(api)
  return new Promise((resolve, reject) => {
    const request = openRequest({ hostname, port, method, path }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject)
      response.on('end', () => {
        const pairs = Object.entries(response.headers).map(([name, value]): [string, string] => [name, String(value)])
        const text = Buffer.concat(chunks).toString('utf8')
        resolve({ status: response.statusCode ?? 0, headers: new Headers(pairs), body: bodyOf(text) })
      })
    })
    request.on('error', reject)
    for (const [name, value] of Object.entries(headers)) request.setHeader(name, value)
    if (body !== undefined) request.setHeader('content-length', Buffer.byteLength(body))
    request.end(body)
  })
}

function bodyOf(text: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
