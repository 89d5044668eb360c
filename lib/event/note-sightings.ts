import { untilWritten } from '../contended.ts'
import { type Sighting, sighted } from '../participant/sighting.ts'
import type { UserKey, UserRecord } from '../participant/user-record.ts'
import type { EventDeps } from './event-deps.ts'

/**
 * Writes down that one user's participants were seen, unless something later is known: all in one write. Throws `Fault`.
 * @param read the record as it was read before: nobody may have changed it since
 */
export const noteSightings = (
  deps: EventDeps,
  key: UserKey,
  sightings: readonly Sighting[],
  read: UserRecord | undefined,
): Promise<true> =>
  untilWritten(deps, 'a user record', async (attempt) => {
    const before = attempt === 0 ? read : await deps.participants.load(key)
    const inOrder = sightings.toSorted((one, other) => one.at - other.at)
    const after = inOrder.reduce<UserRecord | undefined>((record, sighting) => {
      const seen = sighted(record, sighting, deps.clock())
      return seen.kind === 'ours' && seen.record !== undefined ? seen.record : record
    }, before)
    if (after === undefined || after === before) return true
    return (await deps.participants.save(key, after, before)) || undefined
  })
