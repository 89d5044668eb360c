import { QueryCommand } from '@aws-sdk/client-dynamodb'
import { CreateParticipantTokenCommand, CreateStageCommand } from '@aws-sdk/client-ivs-realtime'
import { StartMessageMoveTaskCommand } from '@aws-sdk/client-sqs'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { EventNote } from '../../../local/events/event-bridge.ts'
import { toldDuring } from '../../support/told.ts'
import { until } from '../../support/until.ts'
import { type FixtureTwin, startFixture } from '../fixture-twin.ts'

let at: FixtureTwin
beforeAll(async () => {
  at = await startFixture()
})
afterAll(() => at.stop())
afterEach(() => at.twin.local('DELETE', '/faults'))

/** What the function kept of the events that have come, by the event's id. */
async function kept(): Promise<readonly string[]> {
  const { Items = [] } = await at.dynamodb.send(
    new QueryCommand({
      TableName: 'fixture-local-Table',
      KeyConditionExpression: 'pk = :p',
      ExpressionAttributeValues: { ':p': { S: 'event' } },
    }),
  )
  return Items.map(({ sk }) => sk?.S ?? '')
}

/** Somebody on a stage of their own. */
async function onStage() {
  const { stage } = await at.ivs.send(new CreateStageCommand({ name: 'one' }))
  const command = new CreateParticipantTokenCommand({ stageArn: stage?.arn, userId: 'u' })
  const { participantToken } = await at.ivs.send(command)
  const { participantId } = await at.twin.local<{ participantId: string }>('POST', '/stage/join', {
    token: participantToken?.token,
  })
  return (step: 'publish' | 'unpublish' | 'leave') => at.twin.local('POST', `/stage/${step}`, { participantId })
}

const nameOf = ({ event }: EventNote): string => `${event.detail.event_name}#${event.id}`

/** What IVS told of while `work` ran. */
const told = async (work: () => Promise<unknown>): Promise<readonly string[]> =>
  (await toldDuring(at.twin, work, 'default')).map(nameOf)

describe('what IVS tells', () => {
  it('goes by the rule into the queue, and from there to the function', async () => {
    const step = await onStage()
    const heard = await told(async () => {
      await step('publish')
      await step('unpublish')
      await step('leave')
    })
    expect(heard.map((one) => one.split('#')[0])).toEqual(['Participant Published', 'Participant Unpublished'])
    await until(async () => (await kept()).filter((one) => heard.includes(one)).length === 2)
  })

  it('goes nowhere where the queue’s policy does not let the rule in, and the log says so', async () => {
    const step = await onStage()
    await step('publish')
    expect(await at.sizeOf('ShutQueue')).toBe(0)
    const line =
      'twin: the policy of the queue "fixture-local-ShutQueue" does not let the rule "fixture-local-ShutRule" send'
    expect(at.twin.logs).toContain(line)
  })

  it('comes late when it is delayed, by the twin’s clock', async () => {
    const step = await onStage()
    await at.twin.local('POST', '/faults', { target: 'events', mode: 'delay', delaySeconds: 7200, count: 1 })
    const [first = '', second = ''] = await told(async () => {
      await step('publish')
      await step('unpublish')
    })
    await until(async () => (await kept()).includes(second))
    expect(await kept()).not.toContain(first)
    await at.twin.local('POST', '/clock', { advance: 7200 })
    await until(async () => (await kept()).includes(first))
  })

  it('is noted with what befell it', async () => {
    const step = await onStage()
    const operation = 'Participant Unpublished'
    await at.twin.local('POST', '/faults', { target: 'events', mode: 'drop', operation })
    const notes = await toldDuring(at.twin, async () => {
      await step('publish')
      await step('unpublish')
    })
    expect(notes.map(({ bus, fault, event }) => [bus, fault, event.detail.event_name])).toEqual([
      ['default', undefined, 'Participant Published'],
      ['default', 'drop', operation],
    ])
    await at.twin.local('DELETE', '/faults')
    const [after = ''] = await told(() => step('publish'))
    await until(async () => (await kept()).includes(after))
    expect(await kept()).not.toContain(notes.map(nameOf)[1])
  })

  it('lies with the dead letters when it makes no sense, and can be driven back', async () => {
    const step = await onStage()
    await at.twin.local('POST', '/faults', { target: 'events', mode: 'malformed', count: 1 })
    await step('publish')
    await until(async () => {
      await at.twin.local('POST', '/clock', { advance: 31 })
      return (await at.sizeOf('StageDeadLetters')) === 1
    })
    expect(await at.sizeOf('StageQueue')).toBe(0)
    await at.sqs.send(new StartMessageMoveTaskCommand({ SourceArn: at.arnOf('StageDeadLetters') }))
    expect(await at.sizeOf('StageDeadLetters')).toBe(0)
    await until(async () => {
      await at.twin.local('POST', '/clock', { advance: 31 })
      return (await at.sizeOf('StageDeadLetters')) === 1
    })
    const DestinationArn = at.arnOf('ShutQueue')
    await at.sqs.send(new StartMessageMoveTaskCommand({ SourceArn: at.arnOf('StageDeadLetters'), DestinationArn }))
    expect([await at.sizeOf('StageDeadLetters'), await at.sizeOf('ShutQueue')]).toEqual([0, 1])
  })

  it('is given up with the rule’s dead letters when it cannot be delivered', async () => {
    const step = await onStage()
    await at.twin.local('POST', '/faults', { target: 'events', mode: 'error' })
    await step('publish')
    await until(async () => {
      await at.twin.local('POST', '/clock', { advance: 2 })
      return (await at.sizeOf('StageDeadLetters')) === 1
    })
  })

  it('comes through a burst whole: none is lost', async () => {
    const step = await onStage()
    const before = (await kept()).length
    const heard = await told(async () => {
      for (let i = 0; i < 100; i++) await step(i % 2 === 0 ? 'publish' : 'unpublish')
    })
    expect(heard).toHaveLength(100)
    await until(async () => (await kept()).length >= before + 100)
    expect((await kept()).filter((one) => heard.includes(one)).sort()).toEqual([...heard].sort())
  })
})

describe('the control routes', () => {
  it.each([
    [{ target: 'events', mode: 'partial' }],
    [{ target: 'dynamodb', mode: 'malformed' }],
    [{ target: 'dynamodb', mode: 'delay', delaySeconds: 1 }],
    [{ target: 'events', mode: 'delay', delaySeconds: 86_401 }],
  ])('refuse the fault %j', async (body) => {
    const response = await fetch(`${at.twin.control}/faults`, { method: 'POST', body: JSON.stringify(body) })
    expect(response.status).toBe(400)
  })
})
