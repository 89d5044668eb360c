import type { ParticipantId, StageUid, UserId } from '../../lib/ids.ts'
import type { AdmitAttempt, Assumed } from '../../lib/participant/participant-store.ts'
import type { Participant, UserKey, UserRecord } from '../../lib/participant/user-record.ts'

export const T0 = 1_790_000_000_000

export const userKey = (userId = 'ada', stageUid = 'uid1'): UserKey => ({
  stageUid: stageUid as StageUid,
  userId: userId as UserId,
})

export const participantId = (id: string): ParticipantId => id as ParticipantId

/** A participant minted at `T0` for three hours, changed as the test says. */
export function aParticipant(id: string, changes: Partial<Participant> = {}): Participant {
  const mintedAt = changes.mintedAt ?? T0
  return {
    id: participantId(id),
    slot: 'main',
    role: 'viewer',
    capabilities: ['SUBSCRIBE'],
    duration: 180,
    expiresAt: Math.floor(mintedAt / 1000) + 180 * 60,
    keyId: 'key1',
    endpointsVersion: 1,
    attributes: {},
    narrowing: {},
    ...changes,
    mintedAt,
  }
}

export const anyone: Assumed = { unassigned: true, assignedRoles: ['viewer'], generation: 1 }

/** An attempt to admit `id` at `now`, with wide limits unless changed. */
export function anAttempt(
  id: string,
  changes: Partial<Omit<AdmitAttempt, 'mint' | 'limits'>> & {
    participant?: Partial<Participant>
    neighbours?: readonly [string, string]
    limits?: Partial<AdmitAttempt['limits']>
  } = {},
): AdmitAttempt {
  const now = changes.now ?? T0
  const { neighbours } = changes
  return {
    mint: {
      participant: aParticipant(id, { mintedAt: now, ...changes.participant }),
      ...(neighbours && {
        neighbours: { previous: participantId(neighbours[0]), next: participantId(neighbours[1]) },
      }),
    },
    assumed: changes.assumed ?? anyone,
    limits: { mintsPerMinute: 10, unexpiredIds: 16, session: { mode: 'allow', max: 3 }, ...changes.limits },
    now,
  }
}

/** Equal records compare equal whatever order an engine keeps. */
export function inOrder(record: UserRecord | undefined): UserRecord | undefined {
  if (record === undefined) return undefined
  const sorted = (ids: readonly ParticipantId[]): readonly ParticipantId[] => [...ids].sort()
  return {
    ...record,
    participants: [...record.participants].sort((a, b) => a.mintedAt - b.mintedAt || (a.id < b.id ? -1 : 1)),
    live: { main: sorted(record.live.main), screen: sorted(record.live.screen) },
    connected: { main: sorted(record.connected.main), screen: sorted(record.connected.screen) },
  }
}
