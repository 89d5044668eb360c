import { untilWritten } from '../contended.ts'
import { happeningOf, stageHappening } from '../event/happenings.ts'
import { applySweep, type Sweep, type Swept } from '../roster/apply-sweep.ts'
import { emptyRoster, type Roster, type RosterHappening } from '../roster/roster.ts'
import { stillUntold } from '../roster/untold.ts'
import { microsOf } from '../time.ts'
import type { SweepDeps, SweepTarget } from './sweep-deps.ts'

type RosterDeps = Pick<SweepDeps, 'rosters' | 'events' | 'wait' | 'random'>

/**
 * Writes what was found onto the roster and tells what it changed. What is to be told is written with it, so that a sweep
 * that ends in between leaves it to the next: all of it, as far as a roster carries so much. Throws `Fault`.
 */
export async function ontoRoster(
  deps: RosterDeps,
  { stage }: SweepTarget,
  sweep: Sweep,
  before: Roster | undefined,
): Promise<Swept> {
  const { swept, told, next, untold } = await untilWritten(deps, 'a roster', async (attempt) => {
    const seen = attempt === 0 ? before : await deps.rosters.load(stage)
    const swept = applySweep(seen ?? emptyRoster(sweep.at, stage.generation), sweep, before)
    const untold = [...(seen?.untold ?? []), ...happeningsOf(stage, sweep, seen, swept)]
    const { untold: _, ...told } = swept.roster
    const next = untold.length === 0 ? told : { ...told, untold: stillUntold(untold) }
    return (await deps.rosters.save(stage, next, seen)) ? { swept, told, next, untold } : undefined
  })
  if (untold.length > 0) {
    await deps.events.publish(untold)
    await deps.rosters.save(stage, told, next)
  }
  return { ...swept, roster: told }
}

function happeningsOf(
  stage: SweepTarget['stage'],
  { at, sessionId }: Sweep,
  before: Roster | undefined,
  { roster, changes }: Swept,
): readonly RosterHappening[] {
  const ended = before?.sessionId !== undefined && before.sessionId !== sessionId
  const began = sessionId !== undefined && before?.sessionId !== sessionId
  return [
    ...changes.map((change) => happeningOf(stage, change, roster.version)),
    ...(ended ? [stageHappening(stage, 'stage.idle', microsOf(at), roster.version)] : []),
    ...(began ? [stageHappening(stage, 'stage.live', microsOf(at), roster.version)] : []),
  ]
}
