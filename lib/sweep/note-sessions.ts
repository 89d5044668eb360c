import type { Roster } from '../roster/roster.ts'
import { type EpochMs, microsOf } from '../time.ts'
import type { SweepDeps, SweepTarget } from './sweep-deps.ts'

/** Writes down when the session began that is new, and when the one ended that is over: only IVS knows. Throws `Fault`. */
export async function noteSessions(
  deps: Pick<SweepDeps, 'census' | 'history' | 'historySeconds'>,
  { stage, stageArn, sessionId }: SweepTarget,
  before: Roster | undefined,
  at: EpochMs,
): Promise<void> {
  const earlier = before?.sessionId
  if (earlier === sessionId) return
  const note = (session: string, startedAt: EpochMs, endedAt?: EpochMs): Promise<void> =>
    deps.history.noteSession(
      stage.stageUid,
      {
        sessionId: session,
        startedAt: microsOf(startedAt),
        ...(endedAt !== undefined && { endedAt: microsOf(endedAt) }),
      },
      deps.historySeconds,
    )
  if (earlier !== undefined) {
    const run = await deps.census.session(stageArn, earlier)
    await note(earlier, run?.startedAt ?? at, run?.endedAt ?? at)
  }
  if (sessionId !== undefined) {
    const run = await deps.census.session(stageArn, sessionId)
    await note(sessionId, run?.startedAt ?? at)
  }
}
