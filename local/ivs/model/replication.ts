import { row } from './row.ts'
import { arnOf, attributes, page, pageToken, participantId, sessionId } from './scalars.ts'
import { integer, list, oneOf, required, structure } from './shape.ts'

const participantReplica = structure({
  sourceStageArn: required(arnOf('stage')),
  participantId: required(participantId),
  sourceSessionId: required(sessionId),
  destinationStageArn: required(arnOf('stage')),
  destinationSessionId: required(sessionId),
  replicationState: required(oneOf('ACTIVE', 'STOPPED')),
})

export const replicationRows = {
  StartParticipantReplication: row({
    tps: 5,
    errors: 'V AD PV NF C SQ IS',
    on: ['sourceStageArn', 'destinationStageArn'],
    input: {
      sourceStageArn: required(arnOf('stage')),
      destinationStageArn: required(arnOf('stage')),
      participantId: required(participantId),
      reconnectWindowSeconds: integer({ min: 0, max: 300 }),
      attributes,
    },
    output: {},
  }),

  StopParticipantReplication: row({
    tps: 5,
    errors: 'V AD NF IS',
    on: ['sourceStageArn', 'destinationStageArn'],
    input: {
      sourceStageArn: required(arnOf('stage')),
      destinationStageArn: required(arnOf('stage')),
      participantId: required(participantId),
    },
    output: {},
  }),

  ListParticipantReplicas: row({
    tps: 5,
    errors: 'V AD',
    on: ['sourceStageArn'],
    input: { ...page(50), sourceStageArn: required(arnOf('stage')), participantId: required(participantId) },
    output: { replicas: required(list(participantReplica)), nextToken: pageToken },
  }),
} as const
