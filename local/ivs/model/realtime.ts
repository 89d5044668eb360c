import { compositionRows } from './composition.ts'
import { encoderConfigurationRows } from './encoder-configuration.ts'
import { ingestConfigurationRows } from './ingest-configuration.ts'
import { participantRows } from './participant.ts'
import { publicKeyRows } from './public-key.ts'
import { replicationRows } from './replication.ts'
import { stageRows } from './stage.ts'
import { storageConfigurationRows } from './storage-configuration.ts'
import { tagsRows } from './tags.ts'

/** All 39 operations of `ivs-realtime`, API version 2020-07-14. */
export const realtimeRows = {
  ...stageRows,
  ...participantRows,
  ...publicKeyRows,
  ...ingestConfigurationRows,
  ...encoderConfigurationRows,
  ...storageConfigurationRows,
  ...compositionRows,
  ...replicationRows,
  ...tagsRows,
}
