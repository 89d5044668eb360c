import type { StageUid, UserId } from '../ids.ts'
import type { StoredBan, UserRecord } from '../participant/user-record.ts'
import type { EpochSeconds } from '../time.ts'

export interface Member {
  readonly userId: UserId
  readonly assigned: NonNullable<UserRecord['assigned']>
}

export interface BannedUser {
  readonly userId: UserId
  readonly ban: StoredBan
}

export interface ListPage {
  /** 1–100. */
  readonly limit: number
  readonly after?: UserId
}

/** A page may hold fewer than asked for, or none, while there is a next one. */
export interface Listed<T> {
  readonly items: readonly T[]
  readonly next?: UserId
}

/** Who stands out on a stage, by user id. Eventually consistent: decisions read the user's own record. */
export interface StandingLists {
  members(stageUid: StageUid, page: ListPage): Promise<Listed<Member>>
  /** Only bans that are not over. */
  bans(stageUid: StageUid, page: ListPage, now: EpochSeconds): Promise<Listed<BannedUser>>
}
