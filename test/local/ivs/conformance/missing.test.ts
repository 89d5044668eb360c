import { describe, expect, it } from 'vitest'
import { ACCOUNT, REGION, served } from '../stand.ts'
import { type Furnished, furnish } from './furnished.ts'
import { inputs } from './inputs.ts'
import { outcomeOf } from './send.ts'

const { stand, client } = served()
const absent = (kind: string) => `arn:aws:ivs:${REGION}:${ACCOUNT}:${kind}/absent`
const NOT_FOUND = 'ResourceNotFoundException'

/** Operation, what about a valid input is changed, and what that answers. */
const cases: readonly [operation: string, change: (world: Furnished) => object, name: string][] = [
  // Not found is no modelled error of these two.
  ['CreateStage', () => recordingTo(absent('storage-configuration')), 'ValidationException'],
  ['CreateIngestConfiguration', () => ({ stageArn: absent('stage') }), 'ValidationException'],
  ['CreateParticipantToken', () => ({ stageArn: absent('stage') }), NOT_FOUND],
  ['DeleteEncoderConfiguration', () => ({ arn: absent('encoder-configuration') }), NOT_FOUND],
  ['DeleteIngestConfiguration', () => ({ arn: absent('ingest-configuration') }), NOT_FOUND],
  ['DeletePublicKey', () => ({ arn: absent('public-key') }), NOT_FOUND],
  ['DeleteStage', () => ({ arn: absent('stage') }), NOT_FOUND],
  ['DeleteStorageConfiguration', () => ({ arn: absent('storage-configuration') }), NOT_FOUND],
  ['DisconnectParticipant', () => ({ stageArn: absent('stage') }), NOT_FOUND],
  ['DisconnectParticipant', () => ({ participantId: 'absent' }), NOT_FOUND],
  ['GetComposition', () => ({ arn: absent('composition') }), NOT_FOUND],
  ['GetEncoderConfiguration', () => ({ arn: absent('encoder-configuration') }), NOT_FOUND],
  ['GetIngestConfiguration', () => ({ arn: absent('ingest-configuration') }), NOT_FOUND],
  ['GetParticipant', () => ({ stageArn: absent('stage') }), NOT_FOUND],
  ['GetParticipant', () => ({ sessionId: 'st-absentabsenta' }), NOT_FOUND],
  ['GetParticipant', () => ({ participantId: 'absent' }), NOT_FOUND],
  ['GetParticipant', ({ otherStageArn }) => ({ stageArn: otherStageArn }), NOT_FOUND],
  ['GetPublicKey', () => ({ arn: absent('public-key') }), NOT_FOUND],
  ['GetStage', () => ({ arn: absent('stage') }), NOT_FOUND],
  ['GetStageSession', () => ({ stageArn: absent('stage') }), NOT_FOUND],
  ['GetStageSession', () => ({ sessionId: 'st-absentabsenta' }), NOT_FOUND],
  ['GetStorageConfiguration', () => ({ arn: absent('storage-configuration') }), NOT_FOUND],
  ['ListParticipants', () => ({ stageArn: absent('stage') }), NOT_FOUND],
  ['ListParticipantEvents', () => ({ sessionId: 'st-absentabsenta' }), NOT_FOUND],
  ['ListParticipantReplicas', () => ({ sourceStageArn: absent('stage') }), NOT_FOUND],
  ['ListStageSessions', () => ({ stageArn: absent('stage') }), NOT_FOUND],
  ['ListTagsForResource', () => ({ resourceArn: absent('stage') }), NOT_FOUND],
  ['ListTagsForResource', () => ({ resourceArn: absent('channel') }), NOT_FOUND],
  ['StartComposition', () => ({ stageArn: absent('stage') }), NOT_FOUND],
  ['StartParticipantReplication', () => ({ sourceStageArn: absent('stage') }), NOT_FOUND],
  ['StartParticipantReplication', () => ({ destinationStageArn: absent('stage') }), NOT_FOUND],
  ['StartParticipantReplication', () => ({ participantId: 'absent' }), NOT_FOUND],
  ['StopComposition', () => ({ arn: absent('composition') }), NOT_FOUND],
  ['StopParticipantReplication', () => ({ destinationStageArn: absent('stage') }), NOT_FOUND],
  ['TagResource', () => ({ resourceArn: absent('public-key') }), NOT_FOUND],
  ['UntagResource', () => ({ resourceArn: absent('composition') }), NOT_FOUND],
  ['UpdateIngestConfiguration', () => ({ stageArn: absent('stage') }), NOT_FOUND],
  ['UpdateStage', () => recordingTo(absent('storage-configuration')), NOT_FOUND],
  ['UpdateStage', () => ({ arn: absent('stage') }), NOT_FOUND],
]

const recordingTo = (storageConfigurationArn: string) => ({
  autoParticipantRecordingConfiguration: { storageConfigurationArn },
})

const STATUS: Readonly<Record<string, number>> = { ResourceNotFoundException: 404, ValidationException: 400 }

describe('something that is not there', () => {
  it.each(cases)('is refused by %s (%#)', async (operation, change, name) => {
    const world = furnish(stand)
    const input = { ...inputs[operation]?.(world), ...change(world) }
    const before = JSON.stringify(stand.ivs.snapshot())
    const { error } = await outcomeOf(client, operation, input)
    expect(error).toMatchObject({ name, status: STATUS[name] })
    expect(JSON.stringify(stand.ivs.snapshot())).toBe(before)
  })
})
