import { randomUuid } from '../world/identifiers.ts'
import type { ParticipantRecord } from '../world/records.ts'
import type { World } from '../world/world.ts'

/** Whole seconds, as in every envelope. */
const wholeSeconds = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`
/** Six digits, as in the guide's sample; the clock only knows three of them. */
const precise = (ms: number): string => new Date(ms).toISOString().replace('Z', '000Z')

export function emit(
  world: World,
  detailType: string,
  resource: string,
  detail: Readonly<Record<string, unknown>>,
): void {
  world.emit({
    version: '0',
    id: randomUuid(world),
    'detail-type': detailType,
    source: 'aws.ivs',
    account: world.account,
    time: wholeSeconds(world.now),
    region: world.region,
    resources: [resource],
    detail,
  })
}

const replicaOf = ({ source }: ParticipantRecord) =>
  source ? { replica: true, source_stage_arn: source.stageArn, source_session_id: source.sessionId } : {}

/** `IVS Stage Update` about one participant. */
export function emitStageUpdate(
  world: World,
  participant: ParticipantRecord,
  eventName: string,
  extra: Readonly<Record<string, unknown>> = {},
): void {
  emit(world, 'IVS Stage Update', participant.stageArn, {
    session_id: participant.sessionId,
    event_name: eventName,
    event_time: wholeSeconds(world.now),
    user_id: participant.grant.userId,
    participant_id: participant.participantId,
    ...extra,
  })
}

/** Published and Unpublished, the only two events with a time finer than a second. */
export const emitPublishing = (world: World, participant: ParticipantRecord, started: boolean): void =>
  emitStageUpdate(world, participant, started ? 'Participant Published' : 'Participant Unpublished', {
    event_time_precise: precise(world.now),
    ...replicaOf(participant),
  })

export const emitPublishError = (world: World, participant: ParticipantRecord, errorCode: string): void =>
  emitStageUpdate(world, participant, 'Participant Publish Error', { error_code: errorCode, ...replicaOf(participant) })
