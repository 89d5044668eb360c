import { stepDue, stop } from './composition/life.ts'
import { emitPublishError } from './events/emit.ts'
import { addEvent } from './participant/history.ts'
import { leave, unpublish } from './participant/lifecycle.ts'
import { recordingEndDue, recordingStartDue } from './recording/recording.ts'
import { windowOver } from './replication/replicas.ts'
import { endSession } from './stage/session.ts'
import type { DueHandlers } from './world/timers.ts'
import type { World } from './world/world.ts'

function closeSession(world: World, sessionId: string): void {
  for (const one of [...world.participants.within(sessionId)]) if (one.state === 'CONNECTED') leave(world, one)
  endSession(world, sessionId)
}

function publishedTooLong(world: World, key: string): void {
  const one = world.participants.get(key)
  if (one?.publishingSince === undefined) return
  addEvent(world, one, 'PUBLISH_ERROR', { errorCode: 'STREAM_DURATION_EXCEEDED' })
  emitPublishError(world, one, 'STREAM_DURATION_EXCEEDED')
  unpublish(world, one)
}

function ghostNoticed(world: World, key: string): void {
  const one = world.participants.get(key)
  if (one?.state === 'CONNECTED') leave(world, one)
}

/** What the passing of time brings about. */
export const dueHandlers: DueHandlers = {
  'session-close': closeSession,
  'publish-limit': publishedTooLong,
  ghost: ghostNoticed,
  'recording-start': recordingStartDue,
  'recording-end': recordingEndDue,
  'replication-window': windowOver,
  'composition-step': stepDue,
  'composition-idle': stop,
  'composition-limit': stop,
  'composition-gone': (world, arn) => world.compositions.delete(arn),
}
