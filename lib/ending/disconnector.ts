import { type Patience, withQuota } from '../ivs/with-quota.ts'
import type { Ending } from './ending.ts'

/** Disconnects a participant. Whoever is not there is no failure. Throws `Fault`: `quota_backoff`, `ivs_error`. */
export interface Disconnector {
  disconnect(ending: Ending): Promise<void>
}

/** The same once there is a place in the quota for an ending of its priority. */
export const paced = (disconnector: Disconnector, patience: Patience): Disconnector => ({
  disconnect: (ending) =>
    withQuota(patience, 'DisconnectParticipant', ending.priority, () => disconnector.disconnect(ending)),
})
