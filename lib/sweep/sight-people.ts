import { endBeyond } from '../event/end-beyond.ts'
import { tellGranted } from '../event/tell-granted.ts'
import { Fault } from '../fault.ts'
import type { ParticipantId, UserId } from '../ids.ts'
import { type Sighted, sighted } from '../participant/sighting.ts'
import type { UserRecord } from '../participant/user-record.ts'
import type { Minted } from '../roster/roster.ts'
import type { SweepDeps, SweepTarget } from './sweep-deps.ts'
import type { UserSighting } from './whom-to-sight.ts'

/** What our own records say of those who were looked at. */
export interface Recognised {
  /** Ours, by id. */
  readonly minted: ReadonlyMap<ParticipantId, Minted>
  /** Looked at, and none of ours. */
  readonly strangers: ReadonlySet<ParticipantId>
}

type SightDeps = Pick<SweepDeps, 'participants' | 'endings' | 'events' | 'tellsGrants' | 'clock'>

/** DynamoDB has room for more; a Lambda's one connection pool does not. */
const AT_ONCE = 8
const ATTEMPTS = 6

/** Writes down who is there and who is not, and has ended whoever does more than they may. Throws `Fault`. */
export async function sightPeople(
  deps: SightDeps,
  target: SweepTarget,
  sightings: readonly UserSighting[],
): Promise<Recognised> {
  const minted = new Map<ParticipantId, Minted>()
  const strangers = new Set<ParticipantId>()
  const byUser = Map.groupBy(sightings, ({ userId }) => userId)
  const users = [...byUser]
  for (let from = 0; from < users.length; from += AT_ONCE) {
    await Promise.all(
      users.slice(from, from + AT_ONCE).map(async ([userId, ofUser]) => {
        // One after the other: they share one record.
        for (const { sighting } of ofUser) {
          const seen = await sight(deps, target, userId, sighting)
          if (seen.kind === 'unmanaged') strangers.add(sighting.id)
          if (seen.kind === 'ours') minted.set(sighting.id, mintedOf(userId, seen))
        }
      }),
    )
  }
  return { minted, strangers }
}

async function sight(
  deps: SightDeps,
  { stage, stageArn }: SweepTarget,
  userId: UserId,
  sighting: UserSighting['sighting'],
): Promise<Sighted> {
  const key = { stageUid: stage.stageUid, userId }
  let isEnded = false
  let isTold = false
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const before = await deps.participants.load(key)
    const seen = sighted(before, sighting, deps.clock())
    if (seen.kind !== 'unmanaged' && seen.beyond && !isEnded) {
      isEnded = true
      await endBeyond(deps, stage, stageArn, seen, userId)
      // It reads otherwise now.
      continue
    }
    if (seen.kind !== 'ours' || seen.record === undefined) return seen
    if (deps.tellsGrants && seen.isFirst && !isTold) {
      await tellGranted(deps.events, stage, [{ userId, participant: seen.participant, at: sighting.at }])
      isTold = true
    }
    if (!isTold && isSame(before, seen.record)) return seen
    if (await deps.participants.save(key, seen.record, before)) return seen
  }
  throw new Fault('storage_unavailable', 'a user record changed under every attempt to write a sighting')
}

/** Only who is connected is worth a write: when they were last seen, the sweep itself says. */
const isSame = (before: UserRecord | undefined, after: UserRecord): boolean =>
  before !== undefined &&
  (['main', 'screen'] as const).every(
    (slot) =>
      before.connected[slot].length === after.connected[slot].length &&
      before.connected[slot].every((id) => after.connected[slot].includes(id)),
  )

function mintedOf(userId: UserId, { participant }: Extract<Sighted, { kind: 'ours' }>): Minted {
  const { role, slot, capabilities, attributes } = participant
  return { userId, role, slot, capabilities, attributes }
}
