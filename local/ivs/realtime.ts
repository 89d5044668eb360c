import { compositionEffects } from './composition/operations.ts'
import { encoderEffects } from './configuration/encoder-operations.ts'
import { storageEffects } from './configuration/storage-operations.ts'
import { ingestEffects } from './ingest/operations.ts'
import { realtimeRows } from './model/realtime.ts'
import { participantEffects } from './participant/operations.ts'
import { publicKeyEffects } from './public-key/operations.ts'
import { replicationEffects } from './replication/operations.ts'
import { stageEffects } from './stage/operations.ts'
import { tagsEffects } from './tags/operations.ts'
import { serviceOf } from './wire/service.ts'

/** Amazon IVS Real-Time: its 39 operations and what each does. */
export const realtime = serviceOf(realtimeRows, {
  ...stageEffects,
  ...participantEffects,
  ...publicKeyEffects,
  ...ingestEffects,
  ...encoderEffects,
  ...storageEffects,
  ...compositionEffects,
  ...replicationEffects,
  ...tagsEffects,
})
