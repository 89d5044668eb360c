import type { IncomingMessage, ServerResponse } from 'node:http'
import { IvsException } from '../exception.ts'
import type { IvsRequest, IvsResponse } from '../face.ts'
import { checkSignature } from './signature.ts'

const MAX_BODY_BYTES = 1024 * 1024

export interface ListenerPorts {
  readonly region: string
  readonly call: (request: IvsRequest) => IvsResponse
  readonly refuse: (exception: IvsException) => IvsResponse
}

/** Reads a whole request; undefined when it is larger than the service takes. */
export async function readRequest(request: IncomingMessage): Promise<IvsRequest | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size <= MAX_BODY_BYTES) chunks.push(chunk)
  }
  if (size > MAX_BODY_BYTES) return undefined
  const [path = '', query = ''] = (request.url ?? '').split(/\?(.*)/s)
  const headers = Object.entries(request.headers).map(([name, value]) => [name, [value].flat().join(', ')])
  return {
    method: request.method ?? '',
    path,
    query,
    headers: Object.fromEntries(headers),
    body: Buffer.concat(chunks),
  }
}

export function writeResponse(response: ServerResponse, { status, headers, body }: IvsResponse): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body)
}

/** The service on the wire: signature shape first, then the operation. */
export function createListener({ region, call, refuse }: ListenerPorts) {
  function answer(request: IvsRequest | undefined): IvsResponse {
    if (!request) return refuse(new IvsException('ValidationException', 'The request body is too large.'))
    try {
      checkSignature(request.headers.authorization, region)
    } catch (error) {
      if (error instanceof IvsException) return refuse(error)
      throw error
    }
    return call(request)
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      writeResponse(response, answer(await readRequest(request)))
    } catch {
      // A fault of ours: its text could hold what the caller sent.
      if (response.headersSent) response.destroy()
      else writeResponse(response, refuse(new IvsException('InternalServerException', 'The local IVS failed.')))
    }
  }

  return (request: IncomingMessage, response: ServerResponse): void => void serve(request, response)
}
