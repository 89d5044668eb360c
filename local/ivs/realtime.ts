import { participantRows } from './model/participant.ts'
import { publicKeyRows } from './model/public-key.ts'
import { stageRows } from './model/stage.ts'
import { tagsRows } from './model/tags.ts'
import { participantEffects } from './participant/operations.ts'
import { publicKeyEffects } from './public-key/operations.ts'
import { stageEffects } from './stage/operations.ts'
import { tagsEffects } from './tags/operations.ts'
import { serviceOf } from './wire/service.ts'

/** Amazon IVS Real-Time: its operations and what each does. */
export const realtime = serviceOf(
  { ...stageRows, ...participantRows, ...publicKeyRows, ...tagsRows },
  { ...stageEffects, ...participantEffects, ...publicKeyEffects, ...tagsEffects },
)
