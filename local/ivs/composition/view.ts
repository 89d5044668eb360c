import { isoOfMs } from '../../../lib/time.ts'
import type { CompositionRecord, DestinationRecord } from '../world/records.ts'

const times = ({ startTime, endTime }: { startTime?: number; endTime?: number }) => ({
  startTime: startTime === undefined ? undefined : isoOfMs(startTime),
  endTime: endTime === undefined ? undefined : isoOfMs(endTime),
})

const destinationSummary = (one: DestinationRecord) => ({ id: one.id, state: one.state, ...times(one) })
const destinationDetail = (one: DestinationRecord) => ({
  ...destinationSummary(one),
  configuration: one.configuration,
  detail: one.recordingPrefix === undefined ? undefined : { s3: { recordingPrefix: one.recordingPrefix } },
})

const common = (one: CompositionRecord) => ({
  arn: one.arn,
  stageArn: one.stageArn,
  state: one.state,
  tags: one.tags,
  ...times(one),
})

export const compositionSummary = (one: CompositionRecord) => ({
  ...common(one),
  destinations: one.destinations.map(destinationSummary),
})
export const compositionDetail = (one: CompositionRecord) => ({
  ...common(one),
  layout: one.layout,
  destinations: one.destinations.map(destinationDetail),
})
