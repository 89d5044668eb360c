import type { Presence } from '../ivs/presence.ts'
import type { Patience } from '../ivs/with-quota.ts'
import type { TokenVendor } from '../token/participant-token.ts'
import { once } from './once.ts'

/**
 * Ports whose AWS clients most requests of a function never need: their code is loaded at the first use, so that neither
 * a cold start nor a join pays for it.
 */
const ivsClient = once(async () => (await import('../ivs/ivs-client.ivs.ts')).createIvsClient())

/** Asks for a place in the quota first, as whoever gives a seat to somebody else. */
export function presenceOnDemand(patience: Patience): Presence {
  const presence = once(async () => {
    const [{ createIvsClient }, { metered }, { createPresence }] = await Promise.all([
      import('../ivs/ivs-client.ivs.ts'),
      import('../ivs/metered.ivs.ts'),
      import('../ivs/presence.ivs.ts'),
    ])
    return createPresence(metered(createIvsClient(), patience, 'replace'))
  })
  return { connected: async (stageArn, ids) => (await presence()).connected(stageArn, ids) }
}

export function vendorOnDemand(): TokenVendor {
  const vendor = once(async () =>
    (await import('../token/vendor.ivs.ts')).createTokenVendor({ client: await ivsClient() }),
  )
  return { create: async (terms) => (await vendor()).create(terms) }
}
