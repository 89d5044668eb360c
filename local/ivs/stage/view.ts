import { isoOfMs } from '../../../lib/time.ts'
import type { SessionRecord, StageRecord } from '../world/records.ts'

export const stageSummary = ({ arn, name, activeSessionId, tags }: StageRecord) => ({
  arn,
  name,
  activeSessionId,
  tags,
})

/** `endpoints` are in Create, Get and Update, and not in lists. */
export const stageDetail = (stage: StageRecord) => ({
  ...stageSummary(stage),
  autoParticipantRecordingConfiguration: stage.recording,
  endpoints: stage.endpoints,
})

export const sessionDetail = ({ sessionId, startTime, endTime }: SessionRecord) => ({
  sessionId,
  startTime: isoOfMs(startTime),
  endTime: endTime === undefined ? undefined : isoOfMs(endTime),
})
