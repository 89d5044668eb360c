import type { ParticipantRecord } from './records.ts'

interface Room {
  readonly connected: Set<string>
  readonly publishers: Set<string>
  subscribers: number
}

/** Who is there right now, kept up to date with every change of a participant so that nothing has to search for it. */
export interface Live {
  /** Ids of everyone connected to a session, and of those who publish. */
  connectedTo(sessionId: string): ReadonlySet<string>
  publishersOf(sessionId: string): ReadonlySet<string>
  /** Connected participants whose tokens let them subscribe. */
  subscribersOf(sessionId: string): number
  /** Session ids an id is connected to, replicas included. */
  sessionsOf(participantId: string): ReadonlySet<string>
  readonly publishers: number
  readonly subscriptions: number
}

const nobody: ReadonlySet<string> = new Set()
const isConnected = (one: ParticipantRecord) => one.state === 'CONNECTED'
const maySubscribe = (one: ParticipantRecord) => one.grant.capabilities.includes('SUBSCRIBE')

export function createLive(): {
  live: Live
  watch: (before: ParticipantRecord | undefined, after: ParticipantRecord | undefined) => void
} {
  const rooms = new Map<string, Room>()
  const sessions = new Map<string, Set<string>>()
  const totals = { publishers: 0, subscriptions: 0 }

  function roomOf(sessionId: string): Room {
    const room = rooms.get(sessionId) ?? { connected: new Set(), publishers: new Set(), subscribers: 0 }
    rooms.set(sessionId, room)
    return room
  }

  function take(one: ParticipantRecord): void {
    const room = roomOf(one.sessionId)
    if (room.publishers.delete(one.participantId)) totals.publishers--
    totals.subscriptions -= one.subscribedTo.length
    if (!room.connected.delete(one.participantId)) return
    if (maySubscribe(one)) room.subscribers--
    const where = sessions.get(one.participantId)
    where?.delete(one.sessionId)
    if (where?.size === 0) sessions.delete(one.participantId)
  }

  function put(one: ParticipantRecord): void {
    const room = roomOf(one.sessionId)
    if (one.publishingSince !== undefined) {
      room.publishers.add(one.participantId)
      totals.publishers++
    }
    totals.subscriptions += one.subscribedTo.length
    if (!isConnected(one)) return
    room.connected.add(one.participantId)
    if (maySubscribe(one)) room.subscribers++
    sessions.set(one.participantId, (sessions.get(one.participantId) ?? new Set()).add(one.sessionId))
  }

  return {
    watch(before, after) {
      if (before) take(before)
      if (after) put(after)
    },
    live: {
      connectedTo: (sessionId) => rooms.get(sessionId)?.connected ?? nobody,
      publishersOf: (sessionId) => rooms.get(sessionId)?.publishers ?? nobody,
      subscribersOf: (sessionId) => rooms.get(sessionId)?.subscribers ?? 0,
      sessionsOf: (participantId) => sessions.get(participantId) ?? nobody,
      get publishers() {
        return totals.publishers
      },
      get subscriptions() {
        return totals.subscriptions
      },
    },
  }
}
