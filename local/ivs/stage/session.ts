import { newSessionId } from '../world/identifiers.ts'
import type { SessionRecord, StageRecord } from '../world/records.ts'
import { cancelTimer, setTimer } from '../world/timers.ts'
import type { World } from '../world/world.ts'

/** The running session of a stage, opened now if there is none: the first join opens it. */
export function openSession(world: World, stage: StageRecord): SessionRecord {
  const running = stage.activeSessionId === undefined ? undefined : world.sessions.get(stage.activeSessionId)
  if (running) return running
  const session = { stageArn: stage.arn, sessionId: newSessionId(world), startTime: world.now, seq: world.nextSeq() }
  world.sessions.set(session.sessionId, session)
  world.stages.set(stage.arn, { ...stage, activeSessionId: session.sessionId })
  return session
}

/** Sets, moves or calls off the end of a session after someone came, went, or began or stopped publishing. */
export function reconsiderClosing(world: World, sessionId: string): void {
  const isKept =
    world.live.publishersOf(sessionId).size > 0 ||
    (world.assume.viewersKeepSession && world.live.connectedTo(sessionId).size > 0)
  if (isKept) cancelTimer(world, 'session-close', sessionId)
  else setTimer(world, 'session-close', sessionId, world.now + world.assume.sessionLingerSeconds * 1000)
}

/** Everyone has to be out already. */
export function endSession(world: World, sessionId: string): void {
  const session = world.sessions.get(sessionId)
  if (!session || session.endTime !== undefined) return
  cancelTimer(world, 'session-close', sessionId)
  world.sessions.set(sessionId, { ...session, endTime: world.now })
  const stage = world.stages.get(session.stageArn)
  if (stage?.activeSessionId === sessionId) world.stages.set(stage.arn, { ...stage, activeSessionId: undefined })
}
