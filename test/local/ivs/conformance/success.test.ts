import * as sdk from '@aws-sdk/client-ivs-realtime'
import { describe, expect, it } from 'vitest'
import { served } from '../stand.ts'
import { furnish } from './furnished.ts'
import { inputs } from './inputs.ts'
import { outcomeOf } from './send.ts'

const { stand, client } = served()

const nothing: string[] = []
const COMPOSITION = 'arn destinations layout stageArn startTime state tags'
const DESTINATION = 'configuration detail id state'
const INGEST = 'arn attributes ingestProtocol name participantId redundantIngest stageArn state streamKey tags userId'
const KEY = 'arn fingerprint name publicKeyMaterial tags'
const PARTICIPANT = 'firstJoinTime participantId published recordingState redundantIngest replicationType state userId'
const STAGE = 'arn endpoints name tags'
const STORAGE = 'arn name s3 tags'

/** The members of an operation's answer; `member: a b c` also says what is in it, or in its first element. */
const answers: Readonly<Record<string, readonly string[]>> = {
  CreateEncoderConfiguration: ['encoderConfiguration: arn name tags video'],
  CreateIngestConfiguration: [`ingestConfiguration: ${INGEST} redundantIngestCredentials`],
  CreateParticipantToken: [
    'participantToken: attributes capabilities duration expirationTime participantId token userId',
  ],
  CreateStage: [
    `stage: ${STAGE} autoParticipantRecordingConfiguration`,
    'participantTokens: attributes capabilities duration expirationTime participantId token userId',
  ],
  CreateStorageConfiguration: [`storageConfiguration: ${STORAGE}`],
  DeleteEncoderConfiguration: nothing,
  DeleteIngestConfiguration: nothing,
  DeletePublicKey: nothing,
  DeleteStage: nothing,
  DeleteStorageConfiguration: nothing,
  DisconnectParticipant: nothing,
  GetComposition: [`composition: ${COMPOSITION}`],
  GetEncoderConfiguration: ['encoderConfiguration: arn name tags video'],
  GetIngestConfiguration: [`ingestConfiguration: ${INGEST}`],
  GetParticipant: [`participant: ${PARTICIPANT} attributes protocol replicationState`],
  GetPublicKey: [`publicKey: ${KEY}`],
  GetStage: [`stage: ${STAGE} activeSessionId`],
  GetStageSession: ['stageSession: sessionId startTime'],
  GetStorageConfiguration: [`storageConfiguration: ${STORAGE}`],
  ImportPublicKey: [`publicKey: ${KEY}`],
  ListCompositions: ['compositions: arn destinations stageArn startTime state tags'],
  ListEncoderConfigurations: ['encoderConfigurations: arn name tags'],
  ListIngestConfigurations: [
    'ingestConfigurations: arn ingestProtocol name participantId redundantIngest stageArn state userId',
  ],
  ListParticipantEvents: ['events: eventTime name participantId'],
  ListParticipantReplicas: [
    'replicas: destinationSessionId destinationStageArn participantId replicationState sourceSessionId sourceStageArn',
  ],
  ListParticipants: [`participants: ${PARTICIPANT} replicationState`],
  ListPublicKeys: ['publicKeys: arn name tags'],
  ListStageSessions: ['stageSessions: sessionId startTime'],
  ListStages: ['stages: activeSessionId arn name tags'],
  ListStorageConfigurations: [`storageConfigurations: ${STORAGE}`],
  ListTagsForResource: ['tags: team'],
  StartComposition: [`composition: ${COMPOSITION}`],
  StartParticipantReplication: ['accessControlAllowOrigin', 'accessControlExposeHeaders', 'cacheControl'],
  StopComposition: nothing,
  StopParticipantReplication: ['accessControlAllowOrigin', 'accessControlExposeHeaders', 'cacheControl'],
  TagResource: nothing,
  UntagResource: nothing,
  UpdateIngestConfiguration: [`ingestConfiguration: ${INGEST} redundantIngestCredentials`],
  UpdateStage: [`stage: ${STAGE} activeSessionId autoParticipantRecordingConfiguration`],
}

const memberNames = (value: unknown): string[] => {
  const one = Array.isArray(value) ? value[0] : value
  return Object.entries(one ?? {})
    .filter(([, member]) => member !== undefined)
    .map(([name]) => name)
    .sort()
}

describe('a valid input', () => {
  it('is known for all 39 operations the SDK has', () => {
    const commands = Object.keys(sdk).filter((name) => /^[A-Z]\w+Command$/.test(name))
    expect(Object.keys(answers).sort()).toEqual(Object.keys(inputs).sort())
    expect(commands.map((name) => name.replace(/Command$/, '')).sort()).toEqual(Object.keys(inputs).sort())
  })

  it.each(Object.entries(answers))('lets %s answer every member of its output', async (operation, members) => {
    const world = furnish(stand)
    const { output = {}, error } = await outcomeOf(client, operation, inputs[operation]?.(world) ?? {})
    expect(error).toBeUndefined()
    expect(memberNames(output)).toEqual(expect.arrayContaining(members.map((member) => member.split(':')[0])))
    if (members === nothing) expect(memberNames(output)).toEqual([])
    for (const member of members) {
      const [name = '', inside] = member.split(': ')
      if (inside) expect(memberNames(output[name])).toEqual(inside.split(' ').sort())
    }
  })

  it('makes a destination that says where it records', async () => {
    const world = furnish(stand)
    const { output = {} } = await outcomeOf(client, 'GetComposition', { arn: world.compositionArn })
    const { destinations } = output.composition as { destinations: unknown }
    expect(memberNames(destinations)).toEqual(DESTINATION.split(' '))
  })
})
