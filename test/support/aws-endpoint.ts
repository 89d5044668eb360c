import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, vi } from 'vitest'

export interface AwsRequest {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: Readonly<Record<string, unknown>>
}

export interface AwsAnswer {
  readonly status: number
  /** The exception's name, as the header that JSON protocols of AWS carry it in. */
  readonly errorType?: string
  readonly body: object
}

/** Stands in for one AWS service on loopback while a file's tests run; `variable` is the SDK's own for its endpoint. */
export function standInForAws(variable: string, answer: (request: AwsRequest) => AwsAnswer): void {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString('utf8'))
      const { status, errorType, body: out } = answer({ path: request.url ?? '', headers: request.headers, body })
      response.writeHead(status, errorType === undefined ? {} : { 'x-amzn-errortype': errorType })
      response.end(JSON.stringify(out))
    })
  })

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    vi.stubEnv(variable, `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    vi.stubEnv('AWS_REGION', 'eu-west-1')
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIALOCAL')
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local')
  })

  afterAll(async () => {
    vi.unstubAllEnvs()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
}
