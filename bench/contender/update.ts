import type { ParticipantId } from '../../lib/ids.ts'
import { admitRequest } from '../../lib/participant/admit-request.dynamodb.ts'

const now = Date.now()
const { update, expression } = admitRequest({
  mint: {
    participant: {
      id: 'PARTICIPANT' as ParticipantId,
      slot: 'main',
      role: 'viewer',
      capabilities: ['SUBSCRIBE'],
      mintedAt: now,
      duration: 180,
      expiresAt: Math.floor(now / 1000) + 10_800,
      keyId: 'f99cde61-c2b0-4df3-8941-ca7d38acca1a',
      endpointsVersion: 1,
      attributes: { displayName: 'Ada' },
      narrowing: {},
      right: { role: 'viewer', source: 'default_role' },
      requestId: 'JKJaXmPLvHcESHA=',
    },
  },
  assumed: { unassigned: true, assignedRoles: ['viewer'], generation: 1 },
  limits: { mintsPerMinute: 10, unexpiredIds: 16, session: { mode: 'allow', max: 3 } },
  now,
})

/** The body of an UpdateItem as a first join of ours sends it, for a user and a participant still to be named. */
export const UPDATE = JSON.stringify({
  TableName: 'stagedoor',
  Key: { pk: { S: 'user#3f1c9a52-5d7e-4d0e-9d57-0b6a4f8f2f11#USER' }, sk: { S: 'user' } },
  ...update,
  ...expression.parts,
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
})
