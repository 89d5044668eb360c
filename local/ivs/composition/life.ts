import { isRunning } from '../configuration/in-use.ts'
import { emit } from '../events/emit.ts'
import type { CompositionRecord, DestinationRecord } from '../world/records.ts'
import { cancelTimer, hasTimer, setTimer } from '../world/timers.ts'
import type { World } from '../world/world.ts'

/** How long starting and stopping take here; IVS does not say. */
const STEP_MS = 2000
/** Without a publisher a composition ends by itself. */
const IDLE_MS = 60_000
const LIMIT_MS = 24 * 60 * 60 * 1000
/** How long an ended one can still be asked for. */
const GONE_MS = 5 * 60_000

const publishersOf = (world: World, stageArn: string): number =>
  world.live.publishersOf(world.stages.get(stageArn)?.activeSessionId ?? '').size

export function save(world: World, one: CompositionRecord, change: Partial<CompositionRecord>): CompositionRecord {
  const next = { ...one, ...change }
  world.compositions.set(one.arn, next)
  return next
}

export function tell(
  world: World,
  one: CompositionRecord,
  name: string,
  extra: Readonly<Record<string, unknown>> = {},
) {
  emit(world, 'IVS Composition State Change', one.arn, { event_name: name, stage_arn: one.stageArn, ...extra })
}

export function begin(world: World, one: CompositionRecord): void {
  world.compositions.set(one.arn, one)
  setTimer(world, 'composition-step', one.arn, world.now + STEP_MS)
  setTimer(world, 'composition-limit', one.arn, world.now + LIMIT_MS)
  publishersChanged(world, one.stageArn)
}

/** Starts, or calls off, the minute that a stage's compositions live on without a publisher. */
export function publishersChanged(world: World, stageArn: string): void {
  const isIdle = publishersOf(world, stageArn) === 0
  for (const one of world.compositions.values()) {
    if (one.stageArn !== stageArn || !isRunning(one) || one.state === 'STOPPING') continue
    if (!isIdle) cancelTimer(world, 'composition-idle', one.arn)
    else if (!hasTimer(world, 'composition-idle', one.arn))
      setTimer(world, 'composition-idle', one.arn, world.now + IDLE_MS)
  }
}

/** The graceful end; a composition that is ending or has ended is left alone. */
export function stop(world: World, arn: string): void {
  const one = world.compositions.get(arn)
  if (one?.state !== 'STARTING' && one?.state !== 'ACTIVE') return
  save(world, one, { state: 'STOPPING', destinations: one.destinations.map(stopping) })
  cancelTimer(world, 'composition-idle', arn)
  cancelTimer(world, 'composition-limit', arn)
  setTimer(world, 'composition-step', arn, world.now + STEP_MS)
}

const stopping = (destination: DestinationRecord): DestinationRecord =>
  destination.state === 'FAILED' ? destination : { ...destination, state: 'STOPPING' }

/** The ends nobody asked for. */
function fail(world: World, one: CompositionRecord, errorCode: string, reason: string): void {
  const ended = (destination: DestinationRecord): DestinationRecord =>
    destination.state === 'FAILED' ? destination : { ...destination, state: 'STOPPED', endTime: world.now }
  finish(world, save(world, one, { state: 'FAILED', endTime: world.now, destinations: one.destinations.map(ended) }))
  tell(world, one, 'Session Failure', { error_code: errorCode, reason })
}

function finish(world: World, { arn }: CompositionRecord): void {
  for (const kind of ['composition-step', 'composition-idle', 'composition-limit'] as const)
    cancelTimer(world, kind, arn)
  setTimer(world, 'composition-gone', arn, world.now + GONE_MS)
}

export function failForDeletedStage(world: World, stageArn: string): void {
  for (const one of [...world.compositions.values()])
    if (one.stageArn === stageArn && isRunning(one)) fail(world, one, 'StageDeleted', 'The stage was deleted.')
}

export function stepDue(world: World, arn: string): void {
  const one = world.compositions.get(arn)
  if (one?.state === 'STARTING') activate(world, one)
  else if (one?.state === 'STOPPING') end(world, one)
}

function end(world: World, one: CompositionRecord): void {
  const living = one.destinations.filter(({ state }) => state !== 'FAILED')
  const destinations = one.destinations.map(
    (destination): DestinationRecord =>
      living.includes(destination) ? { ...destination, state: 'STOPPED', endTime: world.now } : destination,
  )
  finish(world, save(world, one, { state: 'STOPPED', endTime: world.now, destinations }))
  for (const { id } of living) tell(world, one, 'Destination End', { id })
  tell(world, one, 'Session End')
}

function activate(world: World, starting: CompositionRecord): void {
  const taken = channelsInUse(world, starting)
  const destinations = starting.destinations.map((destination): DestinationRecord => {
    const isTaken = taken.has(destination.configuration.channel?.channelArn ?? '')
    return { ...destination, state: isTaken ? 'FAILED' : 'ACTIVE', startTime: world.now }
  })
  const one = save(world, starting, { state: 'ACTIVE', destinations })
  tell(world, one, 'Session Start')
  for (const { id, state } of destinations) {
    if (state === 'ACTIVE') tell(world, one, 'Destination Start', { id })
    else destinationFails(world, one, id, 'ConflictException', 'Stream already exists')
  }
}

/** Tells of a destination that has failed for good; the last one takes the composition with it. */
export function destinationFails(world: World, one: CompositionRecord, id: string, code: string, reason: string): void {
  tell(world, one, 'Destination Failure', { id, error_code: code, reason })
  const now = world.compositions.get(one.arn)
  if (now?.state === 'ACTIVE' && now.destinations.every(({ state }) => state === 'FAILED'))
    fail(world, now, 'DestinationFailure', 'All destinations failed.')
}

function channelsInUse(world: World, beside: CompositionRecord): ReadonlySet<string> {
  const channels = new Set<string>()
  for (const one of world.compositions.values()) {
    if (one.arn === beside.arn || !isRunning(one) || one.state === 'STARTING') continue
    for (const { state, configuration } of one.destinations)
      if (state !== 'FAILED' && configuration.channel) channels.add(configuration.channel.channelArn)
  }
  return channels
}
