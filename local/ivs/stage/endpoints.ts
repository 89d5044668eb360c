import { createHash } from 'node:crypto'
import type { StageRecord } from '../world/records.ts'
import type { World } from '../world/world.ts'

const HEX_LENGTH = 12

/** Addresses that look like IVS's: the same for every stage of an account in a region. */
export function stageEndpoints(world: World): StageRecord['endpoints'] {
  const hex = createHash('sha256').update(`${world.account}/${world.region}`).digest('hex').slice(0, HEX_LENGTH)
  return {
    events: world.endpoints.events,
    whip: world.endpoints.whip.replace('{id}', hex),
    rtmp: `rtmp://${hex}.global-contribute.live-video.net/app/`,
    rtmps: `rtmps://${hex}.global-contribute.live-video.net:443/app/`,
  }
}
