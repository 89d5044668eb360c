import { createEngine, type Engine } from './engine.ts'
import { IvsException } from './exception.ts'
import type { IvsRequest, IvsResponse, LocalIvs, LocalIvsOptions } from './face.ts'
import { realtime } from './realtime.ts'
import { createSide } from './side/create-side.ts'
import { findTaggable } from './tags/operations.ts'
import { checkMembers } from './wire/check.ts'
import { describeRequest } from './wire/describe.ts'
import { createListener } from './wire/listener.ts'
import { createRates } from './wire/rates.ts'
import { failure, success } from './wire/respond.ts'
import { createRouter, gather, type Routed, unknownOperation } from './wire/route.ts'
import { randomUuid } from './world/identifiers.ts'

export type { IvsRequest, LocalIvs, LocalIvsOptions } from './face.ts'

const route = createRouter(realtime)

/** Answers requests that were read already. */
function createAnswers({ world, enter }: Engine): Pick<LocalIvs, 'call' | 'refuse'> {
  const { throttling, errorTextMember } = world.assume
  const rates = createRates(throttling === 'TooManyRequestsException' ? throttling : 'ThrottlingException')
  const refuse = (exception: IvsException): IvsResponse => failure(exception, errorTextMember, randomUuid(world))

  function perform(request: IvsRequest, routed: Routed): IvsResponse {
    const { name, row, effect } = routed.operation
    try {
      if (world.quotas) rates.take(routed.operation, world.now)
      const output = effect(world, checkMembers(row.input, gather(request, routed)))
      return { ...success(row, output, randomUuid(world)), operation: name }
    } catch (error) {
      if (!(error instanceof IvsException)) throw error
      return { ...refuse(error), operation: name }
    }
  }

  function call(request: IvsRequest, { readLagMs = world.assume.readLagMs } = {}): IvsResponse {
    const routed = route(request)
    if (!routed) return refuse(unknownOperation())
    return enter(() => {
      world.readLagMs = readLagMs
      return perform(request, routed)
    })
  }

  return { call, refuse }
}

function invoke({ world, enter }: Engine, name: string, input: Readonly<Record<string, unknown>>): unknown {
  const operation = realtime.operations.get(name)
  if (!operation) throw unknownOperation()
  return enter(() => {
    world.readLagMs = 0
    return operation.effect(world, checkMembers(operation.row.input, input))
  })
}

/** See `LocalIvs` in face.ts. Several can live in one process; they share nothing. */
export function createLocalIvs(options: LocalIvsOptions): LocalIvs {
  const engine = createEngine(options)
  const { world, enter } = engine
  const { call, refuse } = createAnswers(engine)
  const listener = createListener({ region: options.region, answer: (request) => call(request), refuse })
  return {
    call,
    refuse,
    handle: (request, response) => void listener(request, response),
    describe: (request) => describeRequest(route, options, request),
    tagsOf: (arn) => findTaggable(world, arn)?.resource.tags,
    invoke: (name, input) => invoke(engine, name, input),
    side: createSide(world, enter),
    settle: () => enter(() => {}),
    nextDue: () => engine.firstDue()?.at ?? Number.POSITIVE_INFINITY,
    snapshot: engine.snapshot,
    restore: engine.restore,
  }
}
