import type { StageId, UserId } from '../../lib/ids.ts'
import { nextVersion } from '../../lib/participant/admit.ts'
import { createParticipantStore } from '../../lib/participant/participant-store.dynamodb.ts'
import { emptyRecord, type UserRecord } from '../../lib/participant/user-record.ts'
import { createStageStore } from '../../lib/stage/stage-store.dynamodb.ts'
import { createTable } from '../../lib/storage/table.dynamodb.ts'
import { adminClients } from './aws-clients.ts'
import type { TestTwin } from './twin.ts'

/** What is stored about a user on a stage beyond their participants, written through the product's own store. */
export interface Standing {
  assign(stageId: string, userId: string, role: string): Promise<void>
  /** @param lastsSeconds without it the ban has no end. `rank` is that of who made it. */
  ban(stageId: string, userId: string, lastsSeconds?: number, rank?: number): Promise<void>
}

export function standingIn(twin: TestTwin): Standing {
  async function change(stageId: string, userId: string, make: (now: number) => Partial<UserRecord>): Promise<void> {
    const { dynamodb } = adminClients(twin.info)
    const table = createTable(dynamodb, twin.info.table ?? '')
    const participants = createParticipantStore(table)
    const now = Date.parse((await twin.local<{ now: string }>('GET', '/clock')).now)
    const stage = await createStageStore(table).get(stageId as StageId)
    if (stage === undefined) throw new Error('there is no such stage')
    const key = { stageUid: stage.uid, userId: userId as UserId }
    const seen = await participants.load(key)
    const record = seen ?? emptyRecord(stage.generation.number)
    const saved = await participants.save(key, { ...record, ...make(now), version: nextVersion(record, now) }, seen)
    dynamodb.destroy()
    if (!saved) throw new Error('the record changed meanwhile')
  }
  return {
    assign: (stageId, userId, role) =>
      change(stageId, userId, (now) => ({ assigned: { role, by: 'operator', at: now } })),
    ban: (stageId, userId, lastsSeconds, rank = 30) =>
      change(stageId, userId, (now) => ({
        ban: {
          rank,
          by: 'operator',
          at: now,
          ...(lastsSeconds !== undefined && { until: Math.floor(now / 1000) + lastsSeconds }),
        },
      })),
  }
}
