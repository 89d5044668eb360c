import { notFound } from '../exception.ts'
import type { ParticipantRecord, Resource, SessionRecord, StageRecord } from './records.ts'
import type { Table } from './table.ts'
import { participantKey } from './tables.ts'
import type { World } from './world.ts'

/** For reads: a resource that was only just created may not be there yet. */
export const isVisible = (world: World, resource: { readonly createdAt: number }): boolean =>
  resource.createdAt + world.readLagMs <= world.now

export function read<T extends Resource>(world: World, table: Table<T>, arn: string, what: string): T {
  const found = table.get(arn)
  if (!found || !isVisible(world, found)) throw notFound(what)
  return found
}

/** For writes, which see what is. */
export function find<T>(table: Table<T>, arn: string, what: string): T {
  const found = table.get(arn)
  if (!found) throw notFound(what)
  return found
}

export const visible = <T extends Resource>(world: World, table: Table<T>): T[] =>
  [...table.values()].filter((resource) => isVisible(world, resource))

export const findStage = (world: World, arn: string): StageRecord => find(world.stages, arn, 'stage')

/** A session of a stage, running or over; a stage that is gone takes its sessions out of reach. */
export function sessionOf(world: World, stageArn: string, sessionId: string): SessionRecord | undefined {
  const session = world.stages.get(stageArn) && world.sessions.get(sessionId)
  return session?.stageArn === stageArn ? session : undefined
}

export const participantOf = (world: World, sessionId: string, participantId: string): ParticipantRecord | undefined =>
  world.participants.get(participantKey(sessionId, participantId))
