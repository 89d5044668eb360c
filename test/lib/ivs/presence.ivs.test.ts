import { describe, expect, it } from 'vitest'
import type { ParticipantId } from '../../../lib/ids.ts'
import { createPresence } from '../../../lib/ivs/presence.ivs.ts'
import { awsError, ivsAnswering } from '../../support/ivs-answers.ts'
import { arnOf } from '../../support/stages.ts'

const ids = ['a', 'b', 'c'] as ParticipantId[]
const live = () => ({ stage: { activeSessionId: 'st-1' } })
const notFound = () => awsError('ResourceNotFoundException', 404)

describe('who is connected', () => {
  it('is whom IVS calls CONNECTED in the session of now', async () => {
    const states: Record<string, string> = { a: 'CONNECTED', b: 'DISCONNECTED' }
    const { client, sent } = ivsAnswering({
      GetStage: live,
      GetParticipant: ({ participantId }) => {
        const state = states[String(participantId)]
        return state === undefined ? notFound() : { participant: { state, published: true } }
      },
    })
    expect(await createPresence(client).connected(arnOf('s'), ids)).toEqual(new Set(['a']))
    expect(sent[1]?.input).toEqual({ stageArn: arnOf('s'), sessionId: 'st-1', participantId: 'a' })
    expect(sent).toHaveLength(4)
  })

  it.each<[string, () => unknown]>([
    ['without a session', () => ({ stage: {} })],
    ['that is gone', notFound],
  ])('is nobody on a stage %s, by one call', async (_label, reply) => {
    const { client, operations } = ivsAnswering({ GetStage: reply })
    expect(await createPresence(client).connected(arnOf('s'), ids)).toEqual(new Set())
    expect(operations()).toEqual(['GetStage'])
  })

  it.each<[string, Parameters<typeof ivsAnswering>[0], string]>([
    ['the stage', { GetStage: () => awsError('ThrottlingException', 429) }, 'quota_backoff'],
    [
      'a participant',
      { GetStage: live, GetParticipant: () => awsError('TooManyRequestsException', 429) },
      'quota_backoff',
    ],
    ['a participant', { GetStage: live, GetParticipant: () => awsError('InternalServerException', 500) }, 'ivs_error'],
  ])('is not known where IVS does not say about %s: a fault, never a guess', async (_label, replies, code) => {
    const { client } = ivsAnswering(replies)
    await expect(createPresence(client).connected(arnOf('s'), ids)).rejects.toMatchObject({ name: 'Fault', code })
  })
})
