import type { StageId } from '../ids.ts'
import type { Caller } from '../login/caller.ts'
import { ok, type Result, refuse } from '../result.ts'
import type { Stage } from '../stage/stage.ts'
import type { StagesDeps } from './stages-deps.ts'

type Refused = { readonly code: 'not_an_admin' | 'invalid_cursor' }

/** The stages within the caller's prefix, by `stageId`: which there are from the directory, what they are from the records. */
export async function listStages(
  deps: Pick<StagesDeps, 'stages'>,
  caller: Caller,
  page: { readonly limit: number; readonly after?: StageId },
): Promise<Result<{ readonly stages: readonly Stage[]; readonly next?: StageId }, Refused>> {
  if (!caller.isAdmin) return refuse({ code: 'not_an_admin' })
  // To the engine a start outside of what is asked for is an error.
  if (page.after?.startsWith(caller.stageIdPrefix) === false) return refuse({ code: 'invalid_cursor' })
  const { entries, next } = await deps.stages.list({ prefix: caller.stageIdPrefix, ...page })
  const stages = await deps.stages.getAll(entries.map(({ stageId }) => stageId))
  return ok({ stages: stages.filter((stage) => !stage.deleting), ...(next !== undefined && { next }) })
}
