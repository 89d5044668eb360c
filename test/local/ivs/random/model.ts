/**
 * What a local IVS must know, and nothing of how: which things there are, in which state, and how many there may be.
 * Times are milliseconds.
 */
const MINUTE = 60_000
const LINGER = 3 * MINUTE
const MAX_PUBLISHERS = 12
const MAX = { key: 3, storage: 5, compositions: 5 }

export interface Seat {
  readonly stage: number
  readonly session: number
  connected: boolean
  publishing: boolean
  published: boolean
}

interface Stage {
  exists: boolean
  session: number | undefined
  emptySince: number
  /** Since when nobody publishes. */
  silentSince: number
}

interface Composition {
  readonly stage: number
  readonly startedAt: number
  endingAt: number | undefined
  failedAt: number | undefined
}

export class Model {
  now = 0
  readonly stages: Stage[] = []
  /** By participant, then by session. */
  readonly seats: Map<number, Seat>[] = []
  readonly revoked: boolean[] = []
  readonly homes: number[] = []
  readonly compositions: Composition[] = []
  readonly keys: boolean[] = []
  readonly storages: boolean[] = []
  private sessions = 0

  private seatsIn(session: number | undefined): Seat[] {
    if (session === undefined) return []
    return this.seats.flatMap((seats) => [...seats.values()]).filter((seat) => seat.session === session)
  }

  advance(ms: number): void {
    this.now += ms
    for (const stage of this.stages) {
      const isEmpty = stage.session !== undefined && !this.seatsIn(stage.session).some((seat) => seat.connected)
      if (isEmpty && this.now >= stage.emptySince + LINGER) stage.session = undefined
    }
    for (const composition of this.compositions) {
      const silentSince = this.stages[composition.stage]?.silentSince ?? 0
      const idleEnd = Math.max(silentSince, composition.startedAt) + MINUTE
      if (composition.failedAt === undefined && this.now >= idleEnd) composition.endingAt ??= idleEnd
    }
  }

  /** What GetComposition says; undefined once it is gone. */
  stateOf({ startedAt, endingAt, failedAt }: Composition): string | undefined {
    const endedAt = failedAt ?? (endingAt === undefined ? undefined : endingAt + 2000)
    if (endedAt !== undefined && this.now >= endedAt + 5 * MINUTE) return undefined
    if (failedAt !== undefined) return 'FAILED'
    if (endedAt !== undefined && this.now >= endedAt) return 'STOPPED'
    if (endingAt !== undefined) return 'STOPPING'
    return this.now >= startedAt + 2000 ? 'ACTIVE' : 'STARTING'
  }

  createStage(): void {
    this.stages.push({ exists: true, session: undefined, emptySince: 0, silentSince: 0 })
  }

  deleteStage(index: number): string {
    const stage = this.stages[index]
    if (!stage?.exists) return 'ResourceNotFoundException'
    for (const seat of this.seatsIn(stage.session)) this.leaveSeat(seat)
    stage.exists = false
    stage.session = undefined
    for (const one of this.compositions) {
      const isOver = ['STOPPED', 'FAILED', undefined].includes(this.stateOf(one))
      if (one.stage === index && !isOver) one.failedAt = this.now
    }
    return 'none'
  }

  mint(stage: number): string {
    if (!this.stages[stage]?.exists) return 'ResourceNotFoundException'
    this.homes.push(stage)
    this.seats.push(new Map())
    this.revoked.push(false)
    return 'none'
  }

  /** The seat a participant holds now. */
  seatOf(participant: number): Seat | undefined {
    const session = this.stages[this.homes[participant] ?? -1]?.session
    return session === undefined ? undefined : this.seats[participant]?.get(session)
  }

  join(participant: number): string {
    const home = this.homes[participant] ?? -1
    const stage = this.stages[home]
    if (!stage?.exists) return 'STAGE_DELETED'
    if (this.revoked[participant]) return 'PARTICIPANT_DISCONNECTED'
    stage.session ??= ++this.sessions
    const before = this.seatOf(participant)
    if (before) this.leaveSeat(before)
    const seat = { stage: home, session: stage.session, connected: true, publishing: false }
    this.seats[participant]?.set(stage.session, { ...seat, published: before?.published ?? false })
    return 'ok'
  }

  publish(participant: number): string {
    const seat = this.seatOf(participant)
    if (!seat?.connected) return 'NOT_CONNECTED'
    if (seat.publishing) return 'ok'
    const stage = this.stages[seat.stage]
    if (this.seatsIn(seat.session).filter((one) => one.publishing).length >= MAX_PUBLISHERS) return 'STAGE_AT_CAPACITY'
    if (stage) stage.silentSince = Number.POSITIVE_INFINITY
    seat.publishing = true
    seat.published = true
    return 'ok'
  }

  unpublish(participant: number): string {
    const seat = this.seatOf(participant)
    if (!seat?.connected) return 'NOT_CONNECTED'
    this.silence(seat)
    return 'ok'
  }

  private silence(seat: Seat): void {
    if (!seat.publishing) return
    seat.publishing = false
    const stage = this.stages[seat.stage]
    if (stage && !this.seatsIn(seat.session).some((one) => one.publishing)) stage.silentSince = this.now
  }

  private leaveSeat(seat: Seat): void {
    this.silence(seat)
    if (!seat.connected) return
    seat.connected = false
    const stage = this.stages[seat.stage]
    if (stage) stage.emptySince = this.now
  }

  leave(participant: number): string {
    const seat = this.seatOf(participant)
    if (!seat?.connected) return 'NOT_CONNECTED'
    this.leaveSeat(seat)
    return 'ok'
  }

  disconnect(participant: number): string {
    const hasJoined = (this.seats[participant]?.size ?? 0) > 0
    if (!this.stages[this.homes[participant] ?? -1]?.exists || !hasJoined) return 'ResourceNotFoundException'
    this.revoked[participant] = true
    const seat = this.seatOf(participant)
    if (seat) this.leaveSeat(seat)
    return 'none'
  }

  create(kind: 'key' | 'storage'): string {
    const all = kind === 'key' ? this.keys : this.storages
    if (all.filter(Boolean).length >= MAX[kind]) return 'ServiceQuotaExceededException'
    all.push(true)
    return 'none'
  }

  remove(kind: 'key' | 'storage', index: number): string {
    const all = kind === 'key' ? this.keys : this.storages
    if (!all[index]) return 'ResourceNotFoundException'
    all[index] = false
    return 'none'
  }

  compose(stage: number): string {
    if (!this.stages[stage]?.exists) return 'ResourceNotFoundException'
    const running = this.compositions.filter((one) =>
      ['STARTING', 'ACTIVE', 'STOPPING'].includes(this.stateOf(one) ?? ''),
    )
    if (running.filter((one) => one.stage === stage).length >= MAX.compositions) return 'ServiceQuotaExceededException'
    if (running.length >= 20) return 'ServiceQuotaExceededException'
    this.compositions.push({ stage, startedAt: this.now, endingAt: undefined, failedAt: undefined })
    return 'none'
  }

  stopComposing(index: number): string {
    const one = this.compositions[index]
    const state = one && this.stateOf(one)
    if (!one || state === undefined) return 'ResourceNotFoundException'
    if (state !== 'STARTING' && state !== 'ACTIVE') return 'ConflictException'
    one.endingAt = this.now
    return 'none'
  }
}
