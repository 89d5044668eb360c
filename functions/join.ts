import { randomBytes } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { createEndpoint } from '../lib/http/stack.ts'
import { joinRoutes } from '../lib/join/join.handler.ts'
import { openEdge } from '../lib/lambda/edge.ts'
import { openEndings, QUEUES } from '../lib/lambda/endings.ts'
import { vendorOnDemand } from '../lib/lambda/on-demand.ts'
import { patienceOn } from '../lib/lambda/patience.ts'
import { openSeatDesk } from '../lib/lambda/seat-desk.ts'
import { openSigner } from '../lib/lambda/signing.ts'
import { openTable, storesOn } from '../lib/lambda/stores.ts'
import { createRoleMemory } from '../lib/participant/role-memory.ts'
import { createStageCache } from '../lib/stage/stage-cache.ts'
import file from '../stagedoor.config.ts'

const edge = openEdge(file, process.env, {
  TABLE_NAME: 'required',
  ...QUEUES,
  SIGNING_SECRET_ID: 'optional',
})
const { config, settings, clock } = edge
const table = openTable(settings.TABLE_NAME)
const stores = storesOn(table)
/** Whoever wants a seat that may be free waits no longer than a client does. */
const patience = patienceOn(table, config, 2_000)

const signer = config.tokenMode === 'key-pair' && openSigner(settings.SIGNING_SECRET_ID ?? '', edge.lines)

export const handler = createEndpoint(
  { ...edge, ...(signer && { readAhead: signer.keys }) },
  joinRoutes({
    stages: createStageCache(stores.stages, clock),
    participants: stores.participants,
    memory: createRoleMemory(),
    seats: openSeatDesk(stores, clock, patience),
    tokens: signer ? { mode: 'key-pair', signer } : { mode: 'ivs', vendor: vendorOnDemand() },
    endings: openEndings(settings),
    config,
    randomBytes,
    afterSending: () => setImmediate(),
  }),
)
