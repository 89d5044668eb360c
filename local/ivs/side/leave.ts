import { ok } from '../../../lib/result.ts'
import * as lifecycle from '../participant/lifecycle.ts'
import { keyOfParticipant } from '../participant/presence.ts'
import { setTimer } from '../world/timers.ts'
import type { World } from '../world/world.ts'
import { connected, joinedAs } from './connected.ts'
import type { Joined, OfParticipant, SideResult } from './side.ts'

/** How long the service takes to notice a client that vanished. */
const GHOST_MS = 10_000

export function leave(world: World, step: OfParticipant & { crash?: boolean }): SideResult<Joined> {
  const found = connected(world, step)
  if (!found.ok) return found
  if (!step.crash) return ok(joinedAs(lifecycle.leave(world, found.value)))
  setTimer(world, 'ghost', keyOfParticipant(found.value), world.now + GHOST_MS)
  return ok(joinedAs(found.value))
}
