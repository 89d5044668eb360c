import type { StageOfArn } from '../stage/stage-arns.ts'
import type { EpochMs } from '../time.ts'

/** A stage that had a session when it was last heard of. */
export interface LiveStage extends StageOfArn {
  readonly stageArn: string
  readonly sessionId: string
  /** When we first heard of it. */
  readonly since: EpochMs
  readonly sweptAt?: EpochMs
  /** The first sweep of those in a row that found nobody publishing. */
  readonly idleSince?: EpochMs
  /** The last sweep found that something had happened since the one before. */
  readonly lively?: true
}

/** The stages to be swept, from one run to the next: one that IVS lists no more is to be looked at once again. */
export interface LiveStore {
  all(): Promise<readonly LiveStage[]>
  put(live: LiveStage): Promise<void>
  /** Idempotent. */
  remove(live: StageOfArn): Promise<void>
}
