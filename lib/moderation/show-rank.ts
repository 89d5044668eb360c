import { Fault } from '../fault.ts'
import { nextVersion } from '../participant/admit.ts'
import type { ParticipantStore } from '../participant/participant-store.ts'
import { recordedRank, recordedRightOf } from '../participant/recorded-right.ts'
import { emptyRecord, type UserRecord } from '../participant/user-record.ts'
import type { Moderating } from './moderating.ts'

const ATTEMPTS = 4

/**
 * Writes down what the actor's login shows, where their own item says less: before they look at whom they are to change. Of two
 * who act on each other at once, at least one then finds a rank that is not below their own. Answers whether something was
 * written. Throws `Fault('storage_unavailable')`.
 */
export async function showRank(
  participants: Pick<ParticipantStore, 'load' | 'save'>,
  { actor, own, rules, stage, now }: Moderating,
): Promise<boolean> {
  const { caller, right } = actor
  if (caller.isAdmin || right === undefined) return false
  const key = { stageUid: stage.uid, userId: caller.userId }
  let seen: UserRecord | undefined = own
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (recordedRank(rules, caller.userId, seen) >= right.rank) return false
    const record = seen ?? emptyRecord(stage.generation.number)
    const shown = { right: recordedRightOf(rules, caller, right), at: now }
    if (await participants.save(key, { ...record, version: nextVersion(record, now), shown }, seen)) return true
    seen = await participants.load(key)
  }
  throw new Fault('storage_unavailable', 'a user record changed under every attempt to write it')
}
