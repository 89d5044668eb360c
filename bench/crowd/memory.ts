import { buildOurs } from '../build.ts'
import { startContender } from '../contender/start.ts'
import { startStandIn } from '../stand-in/start.ts'
import { round } from '../statistics.ts'
import { makeWorld } from '../world.ts'

const MEBIBYTE = 2 ** 20
const THIRDS = 3

/** What one Lambda holds in memory as it lets ever new users in: its heap after each third of so many joins, collected. */
export async function joinMemory(users: number) {
  const standIn = await startStandIn()
  const world = await makeWorld(standIn, users)
  const join = await startContender('join', await buildOurs('join', world.config), world, { nodeArgs: ['--expose-gc'] })
  const count = Math.floor(users / THIRDS)
  const rows = []
  for (let third = 0; third < THIRDS; third++) {
    const { heapBytes } = await join.run({ from: third * count, count, concurrency: 8 })
    rows.push({ 'joins of new users': (third + 1) * count, 'heap MiB': round(heapBytes / MEBIBYTE, 1) })
  }
  join.stop()
  standIn.stop()
  return rows
}
