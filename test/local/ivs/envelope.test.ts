import { describe, expect, it } from 'vitest'
import { room } from './room.ts'
import { ACCOUNT, NOON, REGION, stand } from './stand.ts'

describe('an event', () => {
  it('travels in EventBridge’s envelope: whole seconds outside, finer ones where IVS has them', () => {
    const made = stand()
    const r = room(made)
    made.now = NOON + 1234
    const participantId = r.enter({ publish: true })
    expect(made.events).toEqual([
      {
        version: '0',
        id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
        'detail-type': 'IVS Stage Update',
        source: 'aws.ivs',
        account: ACCOUNT,
        time: '2026-11-21T12:00:01Z',
        region: REGION,
        resources: [r.stageArn],
        detail: {
          session_id: r.sessionId(),
          event_name: 'Participant Published',
          event_time: '2026-11-21T12:00:01Z',
          event_time_precise: '2026-11-21T12:00:01.234000Z',
          user_id: '',
          participant_id: participantId,
        },
      },
    ])
  })

  it('is not sent for what IVS has no event for', () => {
    const made = stand()
    const r = room(made, { name: 'quiet' })
    const viewer = r.enter()
    made.ivs.side.subscribe({ participantId: viewer })
    made.ivs.side.leave({ participantId: viewer })
    made.ivs.invoke('UpdateStage', { arn: r.stageArn, name: 'still' })
    made.ivs.side.join({ token: 'nonsense' })
    made.ivs.invoke('DisconnectParticipant', { stageArn: r.stageArn, participantId: viewer })
    made.now += 3_600_000
    made.ivs.invoke('DeleteStage', { arn: r.stageArn })
    expect(made.events).toEqual([])
  })

  it('of what time brought about has the time it was due at, in order, before what is done now', () => {
    const made = stand()
    const r = room(made)
    const [first, second] = [r.enter({ publish: true }), r.enter({ publish: true })]
    made.ivs.side.leave({ participantId: first, crash: true })
    made.now += 4000
    made.ivs.side.leave({ participantId: second, crash: true })
    made.now += 60_000
    r.enter({ publish: true })
    expect(made.events.slice(2).map(({ time, detail }) => [time.slice(14, 19), detail.event_name])).toEqual([
      ['00:10', 'Participant Unpublished'],
      ['00:14', 'Participant Unpublished'],
      ['01:04', 'Participant Published'],
    ])
  })

  it('is told when its operation is over, in order, also when whoever hears it comes back in', () => {
    const heard: unknown[] = []
    const made = stand({
      emit: ({ detail }) => {
        heard.push(detail.event_name)
        const participantId = String(detail.participant_id)
        if (detail.event_name === 'Participant Published') made.ivs.side.unpublish({ participantId })
        if (heard.length === 2) made.ivs.side.publish({ participantId })
        if (heard.length > 3) made.ivs.side.leave({ participantId })
      },
    })
    room(made).enter({ publish: true })
    expect(heard).toEqual([
      'Participant Published',
      'Participant Unpublished',
      'Participant Published',
      'Participant Unpublished',
    ])
  })
})
