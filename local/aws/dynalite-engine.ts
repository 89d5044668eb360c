import { Agent, request as httpRequest } from 'node:http'
import dynalite from 'dynalite'
import type { Input } from './aws-json.ts'

interface Answered {
  readonly status: number
  readonly output: Input
}

export interface Engine {
  send(operation: string, input: Input): Promise<Answered>
  /** Lets every call under way come to its end first: dynalite falls over one that finds its store closed. */
  stop(): Promise<void>
}

/** dynalite, reached over a loopback port that only this process knows. */
export async function startEngine(path: string | undefined): Promise<Engine> {
  const timings = { createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 }
  const server = dynalite({ ...timings, ...(path === undefined ? {} : { path }) })
  server.keepAliveTimeout = 65_000
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const agent = new Agent({ keepAlive: true })
  const headers = {
    'content-type': 'application/x-amz-json-1.0',
    authorization: 'AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4_request, SignedHeaders=host, Signature=s',
    'x-amz-date': '20200101T000000Z',
  }
  const underWay = new Set<Promise<unknown>>()
  let stopped = false

  const call = (operation: string, input: Input): Promise<Answered> =>
    new Promise((resolve, reject) => {
      const target = `DynamoDB_20120810.${operation}`
      const options = {
        port,
        host: '127.0.0.1',
        method: 'POST',
        agent,
        headers: { ...headers, 'x-amz-target': target },
      }
      httpRequest(options, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject)
        response.on('end', () => {
          const output = JSON.parse(Buffer.concat(chunks).toString('utf8') || '{}') as Input
          resolve({ status: response.statusCode ?? 500, output })
        })
      })
        .on('error', reject)
        .end(JSON.stringify(input))
    })

  return {
    send: (operation, input) => {
      // Whoever still asks is being stopped too, and hears no answer.
      if (stopped) return new Promise(() => undefined)
      const answer = call(operation, input)
      const done = answer.catch(() => undefined).finally(() => underWay.delete(done))
      underWay.add(done)
      return answer
    },
    stop: async () => {
      stopped = true
      await Promise.all(underWay)
      agent.destroy()
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
    },
  }
}
