import type { JobLog } from '../lambda/job.ts'
import type { Clock } from '../time.ts'
import { type UpkeepDeps, upkeep } from './upkeep.ts'

/** A run that could not look after every stage says so and fails, so that it is tried again and then reported. */
export function upkeepHandler(
  deps: UpkeepDeps & { readonly clock: Clock; readonly logger: JobLog },
): () => Promise<void> {
  return async () => {
    const report = await upkeep(deps, deps.clock())
    deps.logger.info('upkeep', { ...report })
    if (report.failed > 0) throw new Error(`upkeep could not look after ${report.failed} of ${report.seen} stages`)
  }
}
