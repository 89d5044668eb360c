import { ChangeMessageVisibilityCommand, GetQueueAttributesCommand, SendMessageBatchCommand } from '@aws-sdk/client-sqs'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type FixtureTwin, startFixture } from '../fixture-twin.ts'

let at: FixtureTwin
beforeAll(async () => {
  at = await startFixture()
})
afterAll(() => at.stop())
afterEach(() => at.twin.local('DELETE', '/faults'))

describe('SQS', () => {
  it('lets a message show sooner or later than it would', async () => {
    await at.sqs.send(
      new SendMessageBatchCommand({ QueueUrl: at.urlOf('DeadLetters'), Entries: [{ Id: '1', MessageBody: 'm' }] }),
    )
    const [message] = await at.receive('DeadLetters', 30)
    const common = { QueueUrl: at.urlOf('DeadLetters'), ReceiptHandle: message?.ReceiptHandle }
    await at.sqs.send(new ChangeMessageVisibilityCommand({ ...common, VisibilityTimeout: 90 }))
    await at.twin.local('POST', '/clock', { advance: 60 })
    expect(await at.receive('DeadLetters')).toEqual([])
    await at.sqs.send(new ChangeMessageVisibilityCommand({ ...common, VisibilityTimeout: 0 }))
    expect(await at.receive('DeadLetters')).toHaveLength(1)
    const wrong = { ...common, ReceiptHandle: 'nothing', VisibilityTimeout: 0 }
    await expect(at.sqs.send(new ChangeMessageVisibilityCommand(wrong))).rejects.toMatchObject({
      name: 'ReceiptHandleIsInvalid',
    })
  })

  it('says the ARN of a queue, which a redrive asks for', async () => {
    const command = new GetQueueAttributesCommand({ QueueUrl: at.urlOf('DeadLetters'), AttributeNames: ['QueueArn'] })
    expect((await at.sqs.send(command)).Attributes?.QueueArn).toBe(at.arnOf('DeadLetters'))
  })

  it('takes a batch in part', async () => {
    await at.twin.local('POST', '/faults', { target: 'sqs', mode: 'partial', count: 1 })
    const Entries = ['1', '2'].map((Id) => ({ Id, MessageBody: Id }))
    const answer = await at.sqs.send(new SendMessageBatchCommand({ QueueUrl: at.urlOf('ShutQueue'), Entries }))
    expect(answer.Failed).toEqual([
      { Id: '1', Code: 'InternalError', Message: 'Failed on purpose.', SenderFault: false },
    ])
    expect(answer.Successful?.map(({ Id }) => Id)).toEqual(['2'])
  })
})
