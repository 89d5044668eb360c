import { dueHandlers } from './due.ts'
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
import { createWorld } from './world/create-world.ts'
import { randomUuid } from './world/identifiers.ts'
import { settle } from './world/timers.ts'

export type { IvsRequest, LocalIvs, LocalIvsOptions } from './face.ts'

const route = createRouter(realtime)

/** See `LocalIvs` in face.ts. Several can live in one process; they share nothing. */
export function createLocalIvs(options: LocalIvsOptions): LocalIvs {
  const kept = createWorld(options)
  const { world } = kept
  const textMember = world.assume.errorTextMember
  const rates = createRates(
    world.assume.throttling === 'TooManyRequestsException' ? 'TooManyRequestsException' : 'ThrottlingException',
  )

  /** Everything that happens, happens in here: the clock is read once, and changes are told when it is over. */
  function enter<T>(what: () => T): T {
    const now = options.clock()
    if (kept.nextDue() <= now) settle(world, now, dueHandlers)
    world.now = now
    try {
      return what()
    } finally {
      const changes = kept.takeChanges()
      if (changes.length > 0) options.onChange?.(changes)
    }
  }

  function perform(request: IvsRequest, routed: Routed): IvsResponse {
    const requestId = randomUuid(world)
    const { name, row, effect } = routed.operation
    try {
      if (world.quotas) rates.take(routed.operation, world.now)
      const output = effect(world, checkMembers(row.input, gather(request, routed)))
      return { ...success(output, requestId), operation: name }
    } catch (error) {
      if (!(error instanceof IvsException)) throw error
      return { ...failure(error, textMember, requestId), operation: name }
    }
  }

  const refuse = (exception: IvsException): IvsResponse => failure(exception, textMember, randomUuid(world))

  function call(request: IvsRequest, { readLagMs = world.assume.readLagMs } = {}): IvsResponse {
    const routed = route(request)
    if (!routed) return refuse(unknownOperation())
    return enter(() => {
      world.readLagMs = readLagMs
      return perform(request, routed)
    })
  }

  const listener = createListener({ region: options.region, answer: (request) => call(request), refuse })

  return {
    call,
    refuse,
    handle: (request, response) => void listener(request, response),
    describe: (request) => describeRequest(route, options, request),
    tagsOf: (arn) => findTaggable(world, arn)?.resource.tags,
    invoke(name, input) {
      const operation = realtime.operations.get(name)
      if (!operation) throw unknownOperation()
      return enter(() => {
        world.readLagMs = 0
        return operation.effect(world, checkMembers(operation.row.input, input))
      })
    },
    side: createSide(world, enter),
    settle: () => enter(() => {}),
    nextDue: kept.nextDue,
    snapshot: kept.snapshot,
    restore: kept.restore,
  }
}
