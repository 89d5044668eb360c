import type { StageId, StageUid } from '../ids.ts'

/** Which of our stages an IVS stage is behind, and in which of its generations. */
export interface StageOfArn {
  readonly stageId: StageId
  readonly stageUid: StageUid
  readonly generation: number
}

/** Events know only ARNs. Written before a stage's record names the ARN, removed after it no longer does. */
export interface StageArns {
  find(stageArn: string): Promise<StageOfArn | undefined>
  put(stageArn: string, stage: StageOfArn): Promise<void>
  remove(stageArn: string): Promise<void>
}
