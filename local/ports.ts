import type { LogSink } from './log-sink.ts'
import { type TwinOptions, UsageError } from './options.ts'
import type { Undo } from './undo.ts'
import { type Listener, listen } from './wire.ts'

/** A port that is taken before it is known what will serve it: addresses are needed to configure what is behind them. */
export interface ReservedPort {
  readonly url: string
  /** From now on; requests that came earlier have waited for this. */
  serve(listener: Listener): void
}

export interface Ports {
  readonly api: ReservedPort
  readonly ivs: ReservedPort
  readonly dynamodb: ReservedPort
  readonly secrets: ReservedPort
  readonly sqs: ReservedPort
  readonly eventbridge: ReservedPort
}

function refusalOf(error: unknown, variable: string, port: number): unknown {
  const { code } = error as NodeJS.ErrnoException
  const advice = `set ${variable} to another one, or to 0 for any that is free`
  if (code === 'EADDRINUSE') return new UsageError(`port ${port} is in use: ${advice}`)
  if (code === 'EACCES') return new UsageError(`port ${port} may not be opened by this user: ${advice}`)
  return error
}

/** Takes all ports. Rejects with a `UsageError` naming the variable when one is in use. */
export async function reservePorts(options: TwinOptions, log: LogSink, undo: Undo): Promise<Ports> {
  const onFault = (error: unknown): void => log('twin', `fault: ${error instanceof Error ? error.stack : 'unknown'}`)
  const reserve = async (variable: string, port: number): Promise<ReservedPort> => {
    const { promise, resolve } = Promise.withResolvers<Listener>()
    try {
      const { url, stop } = await listen(async (request, response) => (await promise)(request, response), port, onFault)
      undo.add(stop)
      return { url, serve: resolve }
    } catch (error) {
      throw refusalOf(error, variable, port)
    }
  }
  return {
    api: await reserve('PORT', options.port),
    ivs: await reserve('IVS_PORT', options.ivsPort),
    dynamodb: await reserve('DYNAMODB_PORT', options.dynamoDbPort),
    secrets: await reserve('', 0),
    sqs: await reserve('', 0),
    eventbridge: await reserve('', 0),
  }
}

/** Where the functions find the services: the SDK's own variables, so that the product needs no branch. */
export const endpointsOf = (ports: Ports): Record<string, string> => ({
  AWS_ENDPOINT_URL_DYNAMODB: ports.dynamodb.url,
  AWS_ENDPOINT_URL_IVS_REALTIME: ports.ivs.url,
  AWS_ENDPOINT_URL_SECRETS_MANAGER: ports.secrets.url,
  AWS_ENDPOINT_URL_SQS: ports.sqs.url,
  AWS_ENDPOINT_URL_EVENTBRIDGE: ports.eventbridge.url,
})
