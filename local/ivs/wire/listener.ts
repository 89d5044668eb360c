import type { IncomingMessage, ServerResponse } from 'node:http'
import { readBody } from '../../wire.ts'
import { IvsException } from '../exception.ts'
import type { IvsRequest, IvsResponse } from '../face.ts'
import { checkSignature } from './signature.ts'

const MAX_BODY_BYTES = 1024 * 1024

/** An answer, or silence: the line stays open, or is cut. */
export type Outcome = IvsResponse | 'hang' | 'cut'

export interface ListenerPorts {
  readonly region: string
  readonly answer: (request: IvsRequest) => Outcome | Promise<Outcome>
  readonly refuse: (exception: IvsException) => IvsResponse
}

async function requestOf(request: IncomingMessage): Promise<IvsRequest> {
  const [path = '', query = ''] = (request.url ?? '').split(/\?(.*)/s)
  const headers = Object.entries(request.headers).map(([name, value]) => [name, [value].flat().join(', ')])
  const body = await readBody(request, MAX_BODY_BYTES)
  return { method: request.method ?? '', path, query, headers: Object.fromEntries(headers), body }
}

function send(response: ServerResponse, outcome: Outcome): void {
  if (outcome === 'hang') return
  if (outcome === 'cut') {
    response.destroy()
    return
  }
  const { status, headers, body } = outcome
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body)
}

/** The service on the wire: the shape of the signature first, then the operation. */
export function createListener({ region, answer, refuse }: ListenerPorts) {
  async function outcomeOf(request: IvsRequest): Promise<Outcome> {
    try {
      checkSignature(request.headers.authorization, region)
      if (request.body.length > MAX_BODY_BYTES)
        throw new IvsException('ValidationException', 'The request body is too large.')
    } catch (error) {
      if (error instanceof IvsException) return refuse(error)
      throw error
    }
    return answer(request)
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      send(response, await outcomeOf(await requestOf(request)))
    } catch {
      // A fault of ours: its text could hold what the caller sent.
      if (response.headersSent || request.destroyed) response.destroy()
      else send(response, refuse(new IvsException('InternalServerException', 'The local IVS failed.')))
    }
  }

  return serve
}
