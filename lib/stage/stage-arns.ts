import type { StageId, StageUid } from '../ids.ts'

/** Which of our stages an IVS stage is behind, and in which of its generations. */
export interface StageOfArn {
  readonly stageId: StageId
  readonly stageUid: StageUid
  readonly generation: number
}

/** Events know only ARNs. Kept by the stage store; an ARN of an earlier generation is still found, for events that come late. */
export interface StageArns {
  find(stageArn: string): Promise<StageOfArn | undefined>
}
