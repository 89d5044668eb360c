import type { Capability } from '../grant/role.ts'
import type { ParticipantId } from '../ids.ts'
import { type EpochMs, type EpochSeconds, secondsOf } from '../time.ts'
import { nextVersion } from './admit.ts'
import type { Participant, PutOut, UserRecord } from './user-record.ts'

/** A record as a moderator's act leaves it, and whom the act leaves on the stage without a right to be there. */
export interface Moderated {
  readonly record: UserRecord
  /** As they were before, those who were last seen connected first. All that may still be on the stage or come to it. */
  readonly out: readonly Participant[]
  /** Of those, the ones last seen connected. */
  readonly connected: readonly ParticipantId[]
}

/** The same of all ids of a user. */
export interface PutOutUser extends Moderated {
  /** Had ended before, for whatever reason, and may be there all the same: nothing new has happened to them. */
  readonly lingering: readonly Participant[]
}

/** Ends every id the user holds, of all slots, with a while during which nobody up to `rank` may come back. */
export function kick(record: UserRecord, coolDown: PutOut['coolDown'], now: EpochMs): PutOutUser {
  return puttingOut(record, 'kicked', coolDown, now)
}

export interface BanOrder {
  readonly by: string
  readonly rank: number
  readonly until?: EpochSeconds
  readonly reason?: string
}

/** Refuses from now on, and ends every id. The same ban again keeps its instant: it is one happening, however often told. */
export function ban(record: UserRecord, order: BanOrder, now: EpochMs): PutOutUser {
  const { unbanned: _, ...rest } = record
  const { record: out, ...others } = puttingOut(rest, 'banned', undefined, now)
  const before = record.ban
  const again =
    before !== undefined &&
    before.by === order.by &&
    before.rank === order.rank &&
    before.until === order.until &&
    before.reason === order.reason
  return { ...others, record: { ...out, ban: again ? before : { ...order, at: now } } }
}

/** Lifts a ban, and the cool-down of a kick. Ids that ended stay ended. */
export function unban(record: UserRecord, by: string, now: EpochMs): UserRecord {
  const { ban: _, putOut, ...rest } = record
  return {
    ...rest,
    version: nextVersion(record, now),
    unbanned: { by, at: now },
    ...(putOut !== undefined && { putOut: { at: putOut.at, as: putOut.as } }),
  }
}

/**
 * The mark covers what was minted by a clock ahead of ours, and what is being made at this moment. Whoever is on the stage
 * with a token that ran out meanwhile goes too: expiry is checked when joining alone (IVS facts §12.1).
 */
function puttingOut(
  record: UserRecord,
  as: PutOut['as'],
  coolDown: PutOut['coolDown'] = record.putOut?.coolDown,
  now: EpochMs,
): PutOutUser {
  const connected = [...record.connected.main, ...record.connected.screen]
  const at = Math.max(now, ...record.participants.map(({ mintedAt }) => mintedAt))
  const there = record.participants
    .filter((one) => mayBeThere(one, connected, now) || mayStillBeThere(one, now))
    .sort(byNeed(connected))
  const isOut = endedBy(record, now)
  return {
    record: {
      ...record,
      version: nextVersion(record, now),
      participants: record.participants.map((one) => (one.ended === undefined ? { ...one, ended: as } : one)),
      pruned: record.pruned.map((one) => (one.ended === 'replaced' ? { ...one, ended: as } : one)),
      live: { main: [], screen: [] },
      connected: { main: [], screen: [] },
      putOut: { at, as, ...(coolDown !== undefined && { coolDown }) },
    },
    out: there.filter(isOut),
    lingering: there.filter((one) => !isOut(one)),
    connected,
  }
}

/** For so long another request is taken for one that follows an answer which said that the first failed. */
const REPEATED_MS = 60_000

/**
 * Those that this act ends, and those that one of a moment ago ended, unless somebody has come back in between: it may be the
 * same request again, or a ban where a kick did not get through.
 */
function endedBy({ putOut, participants }: UserRecord, now: EpochMs): (one: Participant) => boolean {
  const isRepeated =
    putOut !== undefined && putOut.at > now - REPEATED_MS && participants.every(({ mintedAt }) => mintedAt <= putOut.at)
  return ({ ended }) => ended === undefined || (isRepeated && (ended === 'kicked' || ended === 'banned'))
}

/** Whom IVS is to be asked about first: who was seen there, then the newest. */
const byNeed = (connected: readonly ParticipantId[]) => (one: Participant, other: Participant) =>
  Number(connected.includes(other.id)) - Number(connected.includes(one.id)) || other.mintedAt - one.mintedAt

/** Nobody stays on a stage for longer, whatever their token says (IVS facts §6). */
const LONGEST_STAY_SECONDS = 86_400

/** Of who watches nothing is heard, so that only time says that somebody is surely gone. */
export const mayStillBeThere = ({ reserved, expiresAt }: Participant, now: EpochMs): boolean =>
  !reserved && expiresAt > secondsOf(now) - LONGEST_STAY_SECONDS

export const mayBeThere = (one: Participant, connected: readonly ParticipantId[], now: EpochMs): boolean =>
  !one.reserved && (one.expiresAt > secondsOf(now) || connected.includes(one.id))

/** Whether a publisher's place on the stage may be this one's. */
export const mayHoldSeat = ({ capabilities, grace }: Participant): boolean =>
  [...capabilities, ...(grace?.capabilities ?? [])].includes('PUBLISH' satisfies Capability)
