import type { World } from '../world/world.ts'
import { exchange } from './exchange.ts'
import { ingest, stopIngest } from './ingest.ts'
import { join } from './join.ts'
import { leave } from './leave.ts'
import { destination, recordingFault } from './machinery.ts'
import { publish, publishError, unpublish } from './publish.ts'
import type { Side } from './side.ts'
import { subscribe, unsubscribe } from './subscribe.ts'

/** Binds the steps of the other side to a world; `enter` reads the clock and catches up first. */
export function createSide(world: World, enter: <T>(what: () => T) => T): Side {
  return {
    join: (step) => enter(() => join(world, step)),
    publish: (step) => enter(() => publish(world, step)),
    unpublish: (step) => enter(() => unpublish(world, step)),
    subscribe: (step) => enter(() => subscribe(world, step)),
    unsubscribe: (step) => enter(() => unsubscribe(world, step)),
    leave: (step) => enter(() => leave(world, step)),
    exchange: (step) => enter(() => exchange(world, step)),
    publishError: (step) => enter(() => publishError(world, step)),
    ingest: (step) => enter(() => ingest(world, step)),
    stopIngest: (step) => enter(() => stopIngest(world, step)),
    destination: (step) => enter(() => destination(world, step)),
    recordingFault: (step) => enter(() => recordingFault(world, step)),
  }
}
