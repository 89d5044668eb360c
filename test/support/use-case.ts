import { randomBytes, randomUUID } from 'node:crypto'
import type { AuditEntry } from '../../lib/audit/audit-store.ts'
import { DEFAULT_LIMITS } from '../../lib/config/defaults.ts'
import type { DomainEvent } from '../../lib/domain-event/domain-event.ts'
import { carryOut } from '../../lib/ending/carry-out.ts'
import type { Ending } from '../../lib/ending/ending.ts'
import type { LogFields, RequestLog } from '../../lib/http/request-log.ts'
import type { ParticipantId } from '../../lib/ids.ts'
import { joinStage } from '../../lib/join/join.ts'
import type { JoinCall } from '../../lib/join/joining.ts'
import { leaveStage } from '../../lib/leave/leave.ts'
import type { LeaveCall } from '../../lib/leave/leaving.ts'
import { createParticipantStore } from '../../lib/participant/participant-store.dynamodb.ts'
import type { ParticipantStore } from '../../lib/participant/participant-store.ts'
import { createRoleMemory } from '../../lib/participant/role-memory.ts'
import { emptyRecord, type UserRecord } from '../../lib/participant/user-record.ts'
import { refreshToken } from '../../lib/refresh/refresh.ts'
import type { RefreshCall } from '../../lib/refresh/refreshing.ts'
import type { Roster } from '../../lib/roster/roster.ts'
import { createSeatDesk } from '../../lib/seat/seat-desk.ts'
import { createSeatStore } from '../../lib/seat/seat-store.dynamodb.ts'
import type { SeatStore } from '../../lib/seat/seat-store.ts'
import { seatsKeyOf } from '../../lib/seat/seat-wish.ts'
import type { Stage } from '../../lib/stage/stage.ts'
import { createStageCache } from '../../lib/stage/stage-cache.ts'
import { createStageStore } from '../../lib/stage/stage-store.dynamodb.ts'
import type { StageStore } from '../../lib/stage/stage-store.ts'
import type { Table } from '../../lib/storage/table.dynamodb.ts'
import { type EpochMs, secondsOf, secondsOfMinutes } from '../../lib/time.ts'
import type { SignedTerms, TokenSigner, TokenVendor } from '../../lib/token/participant-token.ts'
import { aCaller } from './callers.ts'
import { createMemoryParticipantStore } from './memory-participant-store.ts'
import { createMemorySeatStore } from './memory-seat-store.ts'
import { createMemoryStageStore } from './memory-stage-store.ts'
import { createMemoryWatchStore } from './memory-watch-store.ts'
import { T0, userKey } from './participants.ts'
import { aStage, ROLES } from './stages.ts'

export interface Stores {
  readonly participants: ParticipantStore
  readonly seats: SeatStore
  readonly stages: StageStore
}

export const memoryStores = (): Stores => ({
  participants: createMemoryParticipantStore(),
  seats: createMemorySeatStore(),
  stages: createMemoryStageStore(),
})

export const tableStores = (table: Table): Stores => ({
  participants: createParticipantStore(table),
  seats: createSeatStore(table),
  stages: createStageStore(table),
})

export interface Logged extends RequestLog {
  readonly notes: LogFields[]
  readonly grants: LogFields[]
}

export function aLog(): Logged {
  const [notes, grants]: [LogFields[], LogFields[]] = [[], []]
  return { notes, grants, note: (one) => notes.push(one), grant: (one) => grants.push(one), time: (_, work) => work() }
}

/** What the outside world does, for a test to change while it runs. */
export interface Outside {
  now: EpochMs
  keys: { current: string; usable: string[] }
  /** Thrown by what is named, while it is set. */
  faults: {
    keys?: Error
    sign?: Error
    vend?: Error
    presence?: Error
    disconnect?: Error
    queue?: Error
    events?: Error
  }
  /** Runs while IVS is asked for a token. */
  whileVending: () => Promise<void>
  readonly connected: Set<string>
  readonly asked: string[][]
  readonly vended: number
  readonly queued: Ending[]
  readonly audited: AuditEntry[]
  readonly told: DomainEvent[]
  roster?: Roster
  readonly disconnected: { readonly stageArn: string; readonly id: string; readonly reason: string }[]
}

export interface Setting {
  readonly stores?: Stores
  readonly stage?: Partial<Stage>
  readonly mode?: 'key-pair' | 'ivs'
  readonly limits?: Partial<typeof DEFAULT_LIMITS>
  readonly boundByLogin?: boolean
}

/** What a signed token of the test's signer says, and by which key. */
export const termsOf = (token: string): SignedTerms & { readonly keyId: string } => JSON.parse(token)

/** One stage in its stores, and every use case over them as one Lambda would run it. */
export async function aScene(setting: Setting = {}) {
  const stores = setting.stores ?? memoryStores()
  const stage = aStage(setting.stage)
  await stores.seats.open(seatsKeyOf(stage))
  await stores.stages.create(stage)
  const outside = anOutside()
  /** One more Lambda, with a memory of its own; with stores of its own it may fail by itself. */
  const lambda = (own: Stores = stores) => aLambda(own, stage, outside, setting)
  const first = lambda()
  const keyOf = (userId = 'ada') => userKey(userId, stage.uid)
  return {
    ...{ stores, stage, outside, lambda, keyOf },
    ...first,
    record: (userId?: string) => stores.participants.load(keyOf(userId)),
    leases: async (): Promise<string[]> =>
      Object.keys(
        (await stores.seats.load(seatsKeyOf((await stores.stages.get(stage.stageId)) ?? stage)))?.leases ?? {},
      ),
    /** Changes a user's record as moderation would. */
    async change(changes: Partial<UserRecord>, userId?: string): Promise<void> {
      const seen = await stores.participants.load(keyOf(userId))
      const { version, ...base } = seen ?? emptyRecord(stage.generation.number)
      const next = { ...base, ...changes, version: (version || outside.now) + 1 }
      if (!(await stores.participants.save(keyOf(userId), next, seen))) throw new Error('someone else was faster')
    },
    /** Changes the stage's record as an admin would. */
    async changeStage(changes: Partial<Stage>): Promise<Stage> {
      const seen = (await stores.stages.get(stage.stageId)) ?? stage
      const next = { ...seen, ...changes, version: seen.version + 1 }
      if (!(await stores.stages.save(next, seen))) throw new Error('someone else was faster')
      return next
    },
    /** What the worker does with everything queued so far. */
    async work(): Promise<void> {
      const { disconnector } = first
      const ignore = async (): Promise<void> => {}
      const told = { audit: { append: ignore }, events: { publish: ignore }, looks: { look: ignore } }
      const deps = {
        disconnector,
        seats: stores.seats,
        ...told,
        watches: createMemoryWatchStore(),
        newTurn: randomUUID,
        wait: ignore,
        random: () => 0,
        clock: () => outside.now,
        auditSeconds: 1,
      }
      for (const ending of outside.queued.splice(0)) await carryOut(deps, ending, outside.now)
    },
  }
}

export type Scene = Awaited<ReturnType<typeof aScene>>

function anOutside(): Outside & { vended: number } {
  return {
    now: T0,
    keys: { current: 'key1', usable: ['key1'] },
    faults: {},
    whileVending: async () => {},
    connected: new Set(),
    asked: [],
    vended: 0,
    queued: [],
    audited: [],
    told: [],
    disconnected: [],
  }
}

function aLambda(stores: Stores, stage: Stage, outside: Outside & { vended: number }, setting: Setting) {
  const unless = (name: keyof Outside['faults']): void => {
    const fault = outside.faults[name]
    if (fault !== undefined) throw fault
  }
  const signer: TokenSigner = {
    async keys() {
      unless('keys')
      return outside.keys
    },
    async sign(terms, keyId) {
      unless('sign')
      return JSON.stringify({ ...terms, keyId })
    },
  }
  const vendor: TokenVendor = {
    async create({ duration }) {
      outside.vended += 1
      const participantId = `ivs${outside.vended}` as ParticipantId
      await outside.whileVending()
      unless('vend')
      return { participantId, token: 'opaque', expiresAt: secondsOf(outside.now) + secondsOfMinutes(duration) }
    },
  }
  const disconnector = {
    async disconnect({ stageArn, participantId: id, reason }: Ending) {
      unless('disconnect')
      outside.disconnected.push({ stageArn, id, reason })
      outside.connected.delete(id)
    },
  }
  const endings = {
    async send(all: readonly Ending[]) {
      unless('queue')
      outside.queued.push(...all)
    },
  }
  const seats = createSeatDesk({
    seats: stores.seats,
    presence: {
      async connected(_, ids) {
        outside.asked.push([...ids])
        unless('presence')
        return new Set(ids.filter((id) => outside.connected.has(id)))
      },
    },
    end: async ({ stageUid }, { id, lease }) => {
      await stores.participants.end({ stageUid, userId: lease.userId }, id, 'lapsed', outside.now)
    },
  })
  const common = {
    stages: createStageCache(stores.stages, () => outside.now),
    participants: stores.participants,
    memory: createRoleMemory(),
    seats,
    endings,
    config: {
      roles: ROLES,
      durations: { default: 180, max: 720, boundByLogin: setting.boundByLogin ?? false },
      limits: { ...DEFAULT_LIMITS, ...setting.limits },
      audit: { keepDays: 400 },
    },
  }
  const audit = { append: async (_: string, entry: AuditEntry) => void outside.audited.push(entry) }
  const events = {
    async publish(all: readonly DomainEvent[]) {
      unless('events')
      outside.told.push(...all)
    },
  }
  const rosters = { load: async () => outside.roster }
  const ivs = setting.mode === 'ivs'
  const joinDeps = {
    ...common,
    tokens: ivs ? { mode: 'ivs' as const, vendor } : { mode: 'key-pair' as const, signer },
    randomBytes: (size: number) => randomBytes(size),
    afterSending: async () => {},
  }
  const refreshDeps = ivs ? common : { ...common, signer }
  const base = () => ({ stageId: stage.stageId, caller: aCaller(), now: outside.now, log: aLog() })
  return {
    disconnector,
    desk: seats,
    join: (call: Partial<JoinCall> = {}) => joinStage(joinDeps, { ...base(), request: {}, ...call }),
    refresh: (call: Partial<RefreshCall> & Pick<RefreshCall, 'participantId'>) =>
      refreshToken(refreshDeps, { ...base(), request: {}, ...call }),
    leave: (call: Partial<LeaveCall> & Pick<LeaveCall, 'participantId'>) =>
      leaveStage({ ...common, seats: stores.seats, disconnector, audit, events, rosters }, { ...base(), ...call }),
  }
}
