import {
  CreateParticipantTokenCommand,
  CreateStageCommand,
  DisconnectParticipantCommand,
  GetParticipantCommand,
  GetStageCommand,
  ListParticipantsCommand,
  ListTagsForResourceCommand,
  TagResourceCommand,
} from '@aws-sdk/client-ivs-realtime'
import { expect, it } from 'vitest'
import { served } from './stand.ts'

const { stand, client } = served()

it('walks a participant through the SDK: token, join, publish, disconnect, and no way back', async () => {
  const { stage } = await client.send(new CreateStageCommand({ name: 'room', tags: { a: 'b' } }))
  const stageArn = stage?.arn ?? ''
  const { participantToken } = await client.send(
    new CreateParticipantTokenCommand({ stageArn, userId: 'alice', duration: 60, capabilities: ['PUBLISH'] }),
  )
  const token = participantToken?.token
  const participantId = participantToken?.participantId ?? ''
  expect(participantToken?.expirationTime).toEqual(new Date(stand.now + 3_600_000))
  expect(stand.ivs.side.join({ token })).toMatchObject({ ok: true, value: { participantId } })
  expect(stand.ivs.side.publish({ participantId })).toMatchObject({ ok: true })
  const sessionId = (await client.send(new GetStageCommand({ arn: stageArn }))).stage?.activeSessionId ?? ''
  const { participants } = await client.send(new ListParticipantsCommand({ stageArn, sessionId }))
  expect(participants).toMatchObject([{ participantId, userId: 'alice', state: 'CONNECTED', published: true }])
  await client.send(new DisconnectParticipantCommand({ stageArn, participantId }))
  const { participant } = await client.send(new GetParticipantCommand({ stageArn, sessionId, participantId }))
  expect(participant).toMatchObject({ state: 'DISCONNECTED', published: true })
  expect(stand.ivs.side.join({ token })).toMatchObject({ refusal: { code: 'PARTICIPANT_DISCONNECTED' } })
  expect(stand.events.map(({ detail }) => detail.event_name)).toEqual([
    'Participant Published',
    'Participant Unpublished',
  ])
})

it('answers tags of an ARN that travels percent-encoded', async () => {
  const { stage } = await client.send(new CreateStageCommand({ tags: { a: 'b' } }))
  const resourceArn = stage?.arn ?? ''
  await client.send(new TagResourceCommand({ resourceArn, tags: { c: 'd' } }))
  const { tags } = await client.send(new ListTagsForResourceCommand({ resourceArn }))
  expect(tags).toEqual({ a: 'b', c: 'd' })
})
