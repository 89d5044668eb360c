import type { Census } from '../ivs/census.ts'
import type { IvsStages } from '../ivs/ivs-stages.ts'
import type { JobLog } from '../lambda/job.ts'
import type { StageArns } from '../stage/stage-arns.ts'
import type { StageStore } from '../stage/stage-store.ts'
import type { RenewDeps } from '../stages/renew-stage.ts'
import type { LiveStore } from './live-store.ts'
import type { RunLock } from './run-lock.ts'
import type { SweepDeps } from './sweep-deps.ts'
import type { SweepRequests } from './sweep-requests.ts'

export interface ReconcileDeps extends Omit<SweepDeps, 'stages' | 'seats'> {
  readonly census: Census
  readonly stages: StageStore
  readonly seats: SweepDeps['seats'] & RenewDeps['seats']
  readonly sweeps: SweepRequests
  readonly arns: Pick<StageArns, 'find'>
  readonly ivs: IvsStages
  readonly live: LiveStore
  readonly lock: RunLock
  readonly deployment: string
  /** Calls a second that are ours for each operation. */
  readonly callsPerSecond: number
  /** Never the same. */
  readonly newHolder: () => string
  readonly logger: JobLog
}
