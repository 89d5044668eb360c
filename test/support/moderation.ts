import type { DomainEvent } from '../../lib/domain-event/domain-event.ts'
import type { Demotion, Ending, Watching } from '../../lib/ending/ending.ts'
import { Fault } from '../../lib/fault.ts'
import type { ParticipantId, UserId } from '../../lib/ids.ts'
import type { Caller } from '../../lib/login/caller.ts'
import type { ModerationCall, ModerationDeps } from '../../lib/moderation/moderating.ts'
import { emptyRecord, type Participant, type UserRecord } from '../../lib/participant/user-record.ts'
import type { Stage } from '../../lib/stage/stage.ts'
import type { EpochMs } from '../../lib/time.ts'
import { aCaller } from './callers.ts'
import { createLoginKey, inlineIssuer } from './logins.ts'
import { createMemoryAuditStore } from './memory-audit-store.ts'
import { createMemoryParticipantStore } from './memory-participant-store.ts'
import { createMemoryStandingLists } from './memory-standing-lists.ts'
import { T0, userKey } from './participants.ts'
import { aStage, ROLES, stageId } from './stages.ts'
import { aLog } from './use-case.ts'

export const user = (id: string): UserId => id as UserId
export const moderator = (id = 'bob'): Caller => aCaller({ userId: id, stageGrants: { demo: 'moderator' } })
export const host = (id = 'hana'): Caller => aCaller({ userId: id, stageGrants: { demo: 'host' } })

/** One stage, and all that moderation reaches, in memory. */
export function aModeration(changes: Partial<Stage> = {}) {
  let stage = aStage({ stageId: stageId('demo'), ...changes })
  const participants = createMemoryParticipantStore()
  const audit = createMemoryAuditStore()
  const sent: Ending[] = []
  const demotions: Demotion[] = []
  const watched: Watching[] = []
  const events: DomainEvent[] = []
  const off: string[] = []
  const trouble: { endings?: Error; events?: Error; audit?: Error; ivs?: Error } = {}
  const places = { left: 5, asked: [] as string[] }
  const unless = (error: Error | undefined): void => {
    if (error !== undefined) throw error
  }
  const deps: ModerationDeps = {
    stages: { getFresh: async (id) => (id === stage.stageId ? stage : undefined) },
    participants,
    lists: createMemoryStandingLists(participants.records),
    audit: {
      list: audit.list,
      append: async (...entry) => {
        unless(trouble.audit)
        return audit.append(...entry)
      },
    },
    endings: {
      send: async (endings) => {
        unless(trouble.endings)
        sent.push(...endings)
      },
      watch: async (watching) => {
        unless(trouble.endings)
        watched.push(watching)
      },
      demote: async (some) => {
        unless(trouble.endings)
        demotions.push(...some)
      },
    },
    events: {
      publish: async (some) => {
        unless(trouble.events)
        events.push(...some)
      },
    },
    disconnector: {
      disconnect: async ({ participantId, priority }) => {
        places.asked.push(`DisconnectParticipant ${priority}`)
        if (places.left-- <= 0) throw new Fault('quota_backoff', 'no place')
        unless(trouble.ivs)
        off.push(participantId)
      },
    },
    config: {
      roles: ROLES,
      durations: { default: 180, max: 720, boundByLogin: false },
      audit: { keepDays: 400 },
      issuers: [inlineIssuer(createLoginKey(), { rolesClaim: 'groups', adminRoles: ['admins'] })],
    },
  }
  const keyOf = (id: string) => userKey(id, stage.uid)
  return {
    ...{ deps, participants, sent, watched, demotions, events, off, trouble, places },
    stage: () => stage,
    reset: (): void => {
      stage = { ...stage, generation: { number: stage.generation.number + 1, stageArn: 'arn-of-the-next' } }
    },
    call: (caller: Caller, now: EpochMs = T0 + 60_000): ModerationCall => ({
      ...{ stageId: stage.stageId, caller, now, requestId: 'request-1', log: aLog() },
    }),
    record: (id: string): UserRecord | undefined => participants.records.get(`${stage.uid}/${id}`),
    audited: () => audit.entries.get(stage.uid) ?? [],
    /** A user who was given these participants, all of them live; those named are connected. */
    async seat(
      id: string,
      given: readonly Participant[],
      { connected = [], ...rest }: Partial<Omit<UserRecord, 'connected'>> & { connected?: readonly string[] } = {},
    ): Promise<void> {
      const ids = given.filter((one) => !one.reserved && one.ended === undefined)
      const of = (slot: string) => ids.filter((one) => one.slot === slot).map((one) => one.id)
      const record: UserRecord = {
        ...emptyRecord(stage.generation.number),
        version: T0,
        participants: given,
        live: { main: of('main'), screen: of('screen') },
        connected: { main: connected as readonly ParticipantId[], screen: [] },
        ...rest,
      }
      await participants.save(keyOf(id), record, participants.records.get(`${stage.uid}/${id}`))
    },
  }
}
