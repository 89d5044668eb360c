import { reconcile } from './reconcile.ts'
import type { ReconcileDeps } from './reconcile-deps.ts'

/** The `sweep` line is what the alarm of a missing or late sweep is made of (docs/operations.md). */
export function reconcileHandler(deps: ReconcileDeps): () => Promise<void> {
  return async () => {
    const report = await reconcile(deps)
    if (report.stages === undefined) {
      deps.logger.warn('sweep_skipped', {})
      return
    }
    deps.logger.info('sweep', { ...report })
    if (!report.listed) throw new Error('IVS never said which stages there are')
  }
}
