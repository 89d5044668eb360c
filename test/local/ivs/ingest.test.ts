import { describe, expect, it } from 'vitest'
import { exceptionOf, participantOf, type Room, reasonOf, room } from './room.ts'
import { ACCOUNT, REGION, type Stand, stand } from './stand.ts'

interface Ingest {
  readonly arn: string
  readonly streamKey: string
  readonly participantId: string
  readonly stageArn: string
  readonly state: string
  readonly redundantIngestCredentials?: readonly { participantId: string; streamKey: string }[]
}

function ingestOn(made: Stand, r: Room | undefined, input: object = {}): Ingest {
  const all = { ingestProtocol: 'RTMPS', userId: 'studio', ...(r ? { stageArn: r.stageArn } : {}), ...input }
  return (made.ivs.invoke('CreateIngestConfiguration', all) as { ingestConfiguration: Ingest }).ingestConfiguration
}
const get = (made: Stand, arn: string) =>
  (made.ivs.invoke('GetIngestConfiguration', { arn }) as { ingestConfiguration: Ingest }).ingestConfiguration

describe('an ingest configuration', () => {
  it('has a stream key of IVS’s shape, which lists do not show', () => {
    const made = stand()
    const { streamKey } = ingestOn(made, undefined)
    expect(streamKey).toMatch(new RegExp(`^rt_${ACCOUNT}_${REGION}_[A-Za-z0-9]{12}_[A-Za-z0-9]{32}$`))
    expect(JSON.stringify(made.ivs.invoke('ListIngestConfigurations', {}))).not.toContain(streamKey)
  })

  it.each([
    ['RTMP alone', { ingestProtocol: 'RTMP' }, 'ValidationException'],
    ['RTMP, said to be insecure', { ingestProtocol: 'RTMP', insecureIngest: true }, 'none'],
    ['RTMPS', { ingestProtocol: 'RTMPS' }, 'none'],
    ['too many attributes', { ingestProtocol: 'RTMPS', attributes: { a: 'x'.repeat(1025) } }, 'ValidationException'],
  ])('for %s answers %s', (_, input, expected) => {
    expect(exceptionOf(stand(), 'CreateIngestConfiguration', input)).toBe(expected)
  })

  it('lets an encoder in as the participant it names', () => {
    const made = stand()
    const r = room(made)
    const ingest = ingestOn(made, r)
    expect(reasonOf(made.ivs.side.ingest({ streamKey: ingest.streamKey, protocol: 'RTMPS' }))).toBe('ok')
    expect(participantOf(made, r, r.sessionId(), ingest.participantId)).toMatchObject({
      userId: 'studio',
      state: 'CONNECTED',
      published: true,
      protocol: 'RTMPS',
      ingestConfigurationArn: ingest.arn,
    })
    expect(get(made, ingest.arn).state).toBe('ACTIVE')
    expect(reasonOf(made.ivs.side.ingest({ streamKey: ingest.streamKey }))).toBe('STREAM_KEY_IN_USE')
    expect(reasonOf(made.ivs.side.stopIngest({ streamKey: ingest.streamKey }))).toBe('ok')
    expect(get(made, ingest.arn).state).toBe('INACTIVE')
    expect(made.events.map(({ detail }) => detail.event_name)).toEqual([
      'Participant Published',
      'Participant Unpublished',
    ])
  })

  it.each([
    ['an unknown key', () => ({ streamKey: 'rt_1_x_y_z' }), 'STREAM_KEY_INVALID'],
    ['no key', () => ({ streamKey: undefined }), 'STREAM_KEY_INVALID'],
    ['a key of no stage', (made: Stand) => ({ streamKey: ingestOn(made, undefined).streamKey }), 'STREAM_KEY_INVALID'],
    [
      'the other protocol',
      (made: Stand) => ({ streamKey: ingestOn(made, room(made)).streamKey, protocol: 'RTMP' as const }),
      'BAD_REQUEST',
    ],
  ])('keeps %s out', (_, stepOf, expected) => {
    const made = stand()
    expect(reasonOf(made.ivs.side.ingest(stepOf(made)))).toBe(expected)
  })

  it('cannot be changed while live, and moves to another stage when it is not', () => {
    const made = stand()
    const [first, second] = [room(made), room(made)]
    const { arn, streamKey } = ingestOn(made, first)
    const move = { arn, stageArn: second.stageArn }
    made.ivs.side.ingest({ streamKey })
    expect(exceptionOf(made, 'UpdateIngestConfiguration', move)).toBe('ConflictException')
    expect(exceptionOf(made, 'DeleteIngestConfiguration', { arn })).toBe('ConflictException')
    made.ivs.side.stopIngest({ streamKey })
    expect(exceptionOf(made, 'UpdateIngestConfiguration', move)).toBe('none')
    expect(made.ivs.side.ingest({ streamKey })).toMatchObject({ value: { stageArn: second.stageArn } })
    expect(exceptionOf(made, 'DeleteIngestConfiguration', { arn, force: true })).toBe('none')
    expect(made.events.at(-1)?.detail).toMatchObject({ event_name: 'Participant Unpublished' })
  })

  it.each([
    [
      'a disconnect of its participant',
      (made: Stand, r: Room, participantId: string) =>
        made.ivs.invoke('DisconnectParticipant', { stageArn: r.stageArn, participantId }),
    ],
    ['the end of its stage', (made: Stand, r: Room) => made.ivs.invoke('DeleteStage', { arn: r.stageArn })],
  ])('loses its stage by %s', (_, act) => {
    const made = stand()
    const r = room(made)
    const { arn, streamKey, participantId } = ingestOn(made, r)
    made.ivs.side.ingest({ streamKey })
    act(made, r, participantId)
    expect(get(made, arn)).toMatchObject({ stageArn: '', state: 'INACTIVE' })
    expect(reasonOf(made.ivs.side.ingest({ streamKey }))).toBe('STREAM_KEY_INVALID')
  })

  it('that is redundant has two keys, each a participant of its own', () => {
    const made = stand()
    const r = room(made)
    const { redundantIngestCredentials = [], streamKey, arn } = ingestOn(made, r, { redundantIngest: true })
    const joined = redundantIngestCredentials.map((one) => made.ivs.side.ingest({ streamKey: one.streamKey }))
    expect(joined).toMatchObject(redundantIngestCredentials.map(({ participantId }) => ({ value: { participantId } })))
    expect(joined).toHaveLength(2)
    expect(reasonOf(made.ivs.side.ingest({ streamKey }))).toBe('STREAM_KEY_INVALID')
    const [first] = redundantIngestCredentials
    const disconnected = { stageArn: r.stageArn, participantId: first?.participantId }
    expect(participantOf(made, r, r.sessionId(), first?.participantId ?? '')).toMatchObject({ redundantIngest: true })
    made.ivs.invoke('DisconnectParticipant', disconnected)
    expect(get(made, arn).stageArn).toBe('')
    expect(made.events.filter(({ detail }) => detail.event_name === 'Participant Unpublished')).toHaveLength(2)
  })

  it('that is redundant is disconnected by the id its viewers see, too', () => {
    const made = stand()
    const r = room(made)
    const { redundantIngestCredentials = [], participantId } = ingestOn(made, r, { redundantIngest: true })
    const disconnect = () => exceptionOf(made, 'DisconnectParticipant', { stageArn: r.stageArn, participantId })
    expect(disconnect()).toBe('ResourceNotFoundException')
    made.ivs.side.ingest({ streamKey: redundantIngestCredentials[0]?.streamKey })
    expect(disconnect()).toBe('none')
    expect(made.events.at(-1)?.detail).toMatchObject({ event_name: 'Participant Unpublished' })
  })

  it('is found by its stage or by its state, not by both', () => {
    const made = stand()
    const r = room(made)
    const [live] = [ingestOn(made, r), ingestOn(made, undefined)]
    made.ivs.side.ingest({ streamKey: live.streamKey })
    const found = (input: Readonly<Record<string, unknown>>) =>
      (made.ivs.invoke('ListIngestConfigurations', input) as { ingestConfigurations: Ingest[] }).ingestConfigurations
    expect(found({ filterByStageArn: r.stageArn })).toMatchObject([{ arn: live.arn }])
    expect(found({ filterByState: 'ACTIVE' })).toMatchObject([{ arn: live.arn }])
    expect(found({ filterByState: 'INACTIVE' })).toHaveLength(1)
    const both = { filterByState: 'ACTIVE', filterByStageArn: r.stageArn }
    expect(exceptionOf(made, 'ListIngestConfigurations', both)).toBe('ValidationException')
  })
})
