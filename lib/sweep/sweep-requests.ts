import type { StageOfArn } from '../stage/stage-arns.ts'

/** Stages to be looked at before their turn. Asking twice is asking once. */
export interface SweepRequests {
  /** Throws `Fault('storage_unavailable')` if that could not be noted. */
  soon(stage: StageOfArn): Promise<void>
  /** At most so many, in no order. */
  waiting(limit: number): Promise<readonly StageOfArn[]>
  /** Before the sweep it asked for: what happens during the sweep asks again. */
  done(stage: StageOfArn): Promise<void>
}
