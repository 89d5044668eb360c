import type { StageId } from '../ids.ts'
import type { EpochMs } from '../time.ts'
import type { Stage } from './stage.ts'

/** A stage as the directory lists it: enough to look after it without reading the record. */
export interface StageEntry {
  readonly stageId: StageId
  readonly endpointsAt: EpochMs
  /** IVS stages of earlier generations are still to be deleted. */
  readonly retired: boolean
}

/** Where stage records are kept. Every change states what it was made from. */
export interface StageStore {
  /** Consistent. */
  get(stageId: StageId): Promise<Stage | undefined>
  /** Refused where the `stageId` is in use. */
  create(stage: Stage): Promise<boolean>
  /** Writes only over what was seen: the same life of the stage, unchanged since. */
  save(stage: Stage, seen: Stage): Promise<boolean>
  remove(seen: Stage): Promise<boolean>
  /** Those not being deleted, by `stageId`, that start with `prefix`, from after `after`. `next` is there while there are more. */
  list(page: StagePage): Promise<{ readonly entries: readonly StageEntry[]; readonly next?: StageId }>
  /** Some of those being deleted; may be a moment old. */
  beingDeleted(limit: number): Promise<readonly StageId[]>
  getAll(stageIds: readonly StageId[]): Promise<readonly Stage[]>
}

export interface StagePage {
  readonly prefix: string
  /** 1–100. */
  readonly limit: number
  readonly after?: StageId
}
