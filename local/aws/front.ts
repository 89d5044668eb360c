import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { EpochMs } from '../../lib/time.ts'
import { joinHeaders } from '../gateway/http-event.ts'
import { type Listener, readBody } from '../wire.ts'
import type { AwsCaller } from './caller.ts'
import { CALL_MODES, type FaultSpec, type Faults } from './faults.ts'
import type { Ledger } from './ledger.ts'
import type { AwsAnswer, AwsCall, AwsRequest, AwsService } from './service.ts'
import type { Roles } from './statement-use.ts'

export interface FrontOptions {
  readonly callerOf: (authorization: string | undefined, query: string) => AwsCaller | undefined
  readonly roles: Roles
  readonly faults: Faults
  readonly ledger: Ledger
  /** The twin's. An SDK that meets another time than its own in an error believes its clock to be wrong, and tries again. */
  readonly now: () => EpochMs
  readonly roleArnOf: (functionName: string) => string
  readonly onDenied: (functionName: string, actions: string) => void
}

/** Larger than any request the services take (a BatchWriteItem has 16 MB). */
const MAX_REQUEST_BYTES = 17 * 1024 * 1024

/** What becomes of a call: an answer, or silence (`hang`: the line stays open, `cut`: it is closed). */
type Outcome = AwsAnswer | 'hang' | 'cut'

async function requestOf(request: IncomingMessage): Promise<AwsRequest> {
  const [path = '/', query = ''] = (request.url ?? '/').split(/\?(.*)/s)
  const { headers } = joinHeaders(request.rawHeaders)
  return { method: request.method ?? 'GET', path, query, headers, body: await readBody(request, MAX_REQUEST_BYTES) }
}

function errorNameOf(answer: AwsAnswer): string | undefined {
  if (answer.status < 400) return undefined
  const header = answer.headers['x-amzn-errortype'] ?? answer.headers['x-amzn-ErrorType']
  const type = header ?? /"__type"\s*:\s*"([^"]+)"/.exec(answer.body)?.[1] ?? 'Unknown'
  return type.split('#').at(-1)?.split(/[:,]/)[0]
}

/** The fault's effect on one call. With `after`, the call has its effect first. */
async function underFault(fault: FaultSpec, service: AwsService, perform: () => Promise<AwsAnswer>): Promise<Outcome> {
  const answer = fault.after || fault.mode === 'duplicate' ? await perform() : undefined
  switch (fault.mode) {
    case 'error':
      return service.refuse('broken', 'The service is broken on purpose.')
    case 'throttle':
      return service.refuse('throttled', 'Rate exceeded')
    case 'timeout':
      return 'hang'
    case 'drop':
      return 'cut'
    case 'delay':
      await sleep(fault.delayMs)
      return answer ?? perform()
    case 'duplicate':
    case 'reorder':
    case 'malformed':
    case 'partial':
      return perform()
  }
}

function send(response: ServerResponse, outcome: Outcome, requestId: string, now: EpochMs): void {
  if (outcome === 'hang') return
  if (outcome === 'cut') {
    response.destroy()
    return
  }
  const body = Buffer.from(outcome.body)
  const own = { date: new Date(now).toUTCString(), 'x-amzn-requestid': requestId }
  response.writeHead(outcome.status, { ...own, ...outcome.headers, 'content-length': String(body.length) }).end(body)
}

/** Stands before one AWS service: knows who calls, judges, breaks things on request, and keeps the ledger. */
export function createFront(service: AwsService, options: FrontOptions): Listener {
  const { roles, faults, ledger, now } = options

  const isDenied = (caller: AwsCaller, call: AwsCall | undefined): boolean =>
    caller.kind === 'function' && call !== undefined && !roles.judge(caller.name, call).allowed

  const denial = (caller: AwsCaller, call: AwsCall | undefined): AwsAnswer => {
    const who = caller.kind === 'function' ? options.roleArnOf(caller.name) : 'nobody'
    return service.refuse(
      'denied',
      `User: ${who} is not authorized to perform: ${call?.actions.join(', ')} on resource: ${call?.resources.join(', ')}`,
    )
  }

  return async (incoming, response) => {
    const request = await requestOf(incoming)
    const requestId = randomUUID()
    const caller = options.callerOf(request.headers.authorization, request.query)
    if (!caller) return send(response, service.refuse('unsigned', 'Missing Authentication Token'), requestId, now())
    const call = service.describe(request)
    const operation = call?.operation ?? 'Unknown'
    const denied = isDenied(caller, call)
    if (denied && caller.kind === 'function') options.onDenied(caller.name, call?.actions.join(', ') ?? operation)
    const by = caller.kind === 'function' ? caller.name : undefined
    const fault = denied || caller.kind === 'admin' ? undefined : faults.draw(service.name, operation, CALL_MODES, by)
    let performed: AwsAnswer | undefined
    const perform = async (): Promise<AwsAnswer> => {
      performed = await service.perform(request)
      return performed
    }
    const outcome = denied ? denial(caller, call) : fault ? await underFault(fault, service, perform) : await perform()
    const answer = typeof outcome === 'string' ? undefined : outcome
    const error = answer && errorNameOf(answer)
    ledger.record({
      ...(caller.kind === 'function' ? { function: caller.name } : {}),
      service: service.name,
      operation,
      status: answer?.status ?? 0,
      ...(error === undefined ? {} : { error }),
      ...(denied ? { denied: true as const } : {}),
      ...(fault ? { fault: fault.mode } : {}),
      ...(performed?.consumedCapacity ? { consumedCapacity: performed.consumedCapacity } : {}),
      requestId,
    })
    send(response, outcome, requestId, now())
  }
}
