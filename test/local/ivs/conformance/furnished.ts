import { type Stand, signer } from '../stand.ts'

type Body = Readonly<Record<string, unknown>>

/** Calls an operation for set-up and answers a member of what it made. */
export const made = (stand: Stand, operation: string, input: Body, of: string): Record<string, string> =>
  (stand.ivs.invoke(operation, input) as Record<string, Record<string, string>>)[of] ?? {}

export interface Furnished {
  readonly stageArn: string
  readonly otherStageArn: string
  readonly sessionId: string
  /** Connected to the first stage and publishing; has a replica on the other. */
  readonly participantId: string
  /** The same without a replica. */
  readonly otherParticipantId: string
  readonly publicKeyArn: string
  readonly ingestArn: string
  readonly encoderArn: string
  readonly storageArn: string
  /** Used by nothing. */
  readonly spareEncoderArn: string
  readonly spareStorageArn: string
  readonly compositionArn: string
  /** A key that is not imported. */
  readonly pem: string
}

function publisher(stand: Stand, stageArn: string, userId: string): string {
  const { token, participantId = '' } = made(stand, 'CreateParticipantToken', { stageArn, userId }, 'participantToken')
  stand.ivs.side.join({ token })
  stand.ivs.side.publish({ participantId })
  return participantId
}

const encoder = (stand: Stand) => made(stand, 'CreateEncoderConfiguration', {}, 'encoderConfiguration').arn ?? ''
const storage = (stand: Stand) =>
  made(stand, 'CreateStorageConfiguration', { s3: { bucketName: 'bucket' } }, 'storageConfiguration').arn ?? ''

/** Empties a stand and puts one or two of everything there is into it. */
export function furnish(stand: Stand): Furnished {
  stand.ivs.restore([])
  const stageArn = made(stand, 'CreateStage', { name: 'first', tags: { team: 'a' } }, 'stage').arn ?? ''
  const otherStageArn = made(stand, 'CreateStage', { name: 'second' }, 'stage').arn ?? ''
  const participantId = publisher(stand, stageArn, 'alice')
  const otherParticipantId = publisher(stand, stageArn, 'bob')
  stand.ivs.invoke('StartParticipantReplication', {
    sourceStageArn: stageArn,
    destinationStageArn: otherStageArn,
    participantId,
  })
  const publicKeyArn = made(stand, 'ImportPublicKey', { publicKeyMaterial: signer().pem }, 'publicKey').arn ?? ''
  const ingest = made(stand, 'CreateIngestConfiguration', { ingestProtocol: 'RTMPS' }, 'ingestConfiguration')
  const [encoderArn, spareEncoderArn, storageArn, spareStorageArn] = [
    encoder(stand),
    encoder(stand),
    storage(stand),
    storage(stand),
  ]
  const destinations = [{ s3: { storageConfigurationArn: storageArn, encoderConfigurationArns: [encoderArn] } }]
  const compositionArn = made(stand, 'StartComposition', { stageArn, destinations }, 'composition').arn ?? ''
  const sessionId = made(stand, 'GetStage', { arn: stageArn }, 'stage').activeSessionId ?? ''
  return {
    stageArn,
    otherStageArn,
    sessionId,
    participantId,
    otherParticipantId,
    publicKeyArn,
    ingestArn: ingest.arn ?? '',
    encoderArn,
    storageArn,
    spareEncoderArn,
    spareStorageArn,
    compositionArn,
    pem: signer().pem,
  }
}
