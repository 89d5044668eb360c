import { describe, expect, it } from 'vitest'
import { intrinsicsOf } from '../../../local/deployment/intrinsics.ts'
import { rulesOf } from '../../../local/deployment/read-events.ts'
import { queuesOf } from '../../../local/deployment/read-resources.ts'
import type { Tree } from '../../../local/deployment/tree.ts'
import { parseTemplate } from '../../../local/deployment/yaml-template.ts'

const facts = {
  ...{ region: 'eu-west-1', accountId: '123456789012', service: 'svc', stage: 'local' },
  queueUrlOf: (name: string) => `http://q/${name}`,
}

function read(yaml: string) {
  const template = parseTemplate(`
Resources:
  Jobs: { Type: AWS::SQS::Queue }
  Dead: { Type: AWS::SQS::Queue }
  Bus: { Type: AWS::Events::EventBus, Properties: { Name: own } }
  Topic: { Type: AWS::SNS::Topic }
${yaml}`) as Tree
  const intrinsics = intrinsicsOf(template, [], facts)
  return { rules: rulesOf(template, intrinsics), queues: queuesOf(template, intrinsics), ...intrinsics }
}

const rule = (properties: string): string => `  Rule: { Type: AWS::Events::Rule, Properties: { ${properties} } }`
const target = (members: string): string =>
  rule(`EventPattern: { source: [a] }, Targets: [{ Id: t, Arn: !GetAtt Jobs.Arn, ${members} }]`)
const policy = (id: string, statement: string): string =>
  `  ${id}: { Type: AWS::SQS::QueuePolicy, Properties: { Queues: [!Ref Jobs], PolicyDocument: { Statement: [{ ${statement} }] } } }`
const ANY = 'Effect: Allow, Principal: "*", Action: sqs:*, Resource: "*"'

describe('rulesOf', () => {
  it('reads a rule of the account’s bus, with EventBridge’s own patience', () => {
    expect(read(target('DeadLetterConfig: { Arn: !GetAtt Dead.Arn }')).rules).toEqual([
      {
        name: 'svc-local-Rule',
        arn: 'arn:aws:events:eu-west-1:123456789012:rule/svc-local-Rule',
        busName: 'default',
        enabled: true,
        pattern: { source: ['a'] },
        targets: [
          {
            id: 't',
            queueName: 'svc-local-Jobs',
            deadLetterQueueName: 'svc-local-Dead',
            retries: { maxAgeSeconds: 86_400, maxAttempts: 185 },
          },
        ],
      },
    ])
  })

  it.each(['!Ref Bus', '!GetAtt Bus.Arn', '!GetAtt Bus.Name'])('reads a rule of another bus, named by %s', (bus) => {
    const { rules, resolve } = read(
      rule(`EventBusName: ${bus}, Name: mine, State: DISABLED, EventPattern: { source: [a] }`),
    )
    const arn = 'arn:aws:events:eu-west-1:123456789012:rule/own/mine'
    expect(rules).toMatchObject([{ name: 'mine', arn, busName: 'own', enabled: false, targets: [] }])
    expect(resolve({ 'Fn::GetAtt': ['Rule', 'Arn'] })).toBe(arn)
  })

  it.each([
    ['a schedule', rule('ScheduleExpression: rate(1 hour)'), 'Rule is a schedule'],
    ['another target', rule('Targets: [{ Id: t, Arn: "arn:aws:sns:eu-west-1:1:Topic" }]'), 'to queues only (Rule)'],
    ['a part of the event', target('InputPath: $.detail'), 'whole, without InputPath (Rule)'],
    ['other words', target('Input: "{}"'), 'whole, without Input (Rule)'],
  ])('refuses %s', (_, yaml, message) => {
    expect(() => read(yaml)).toThrow(message)
  })
})

describe('queuesOf', () => {
  it.each([
    ['everyone', '"*"', ['*']],
    ['a service', '{ Service: events.amazonaws.com }', ['events.amazonaws.com']],
    ['several', '{ Service: [a, b], AWS: "*" }', ['a', 'b', '*']],
  ])('reads whom a queue’s policy is about: %s', (_, principal, expected) => {
    const { queues } = read(policy('P', `Effect: Allow, Principal: ${principal}, Action: sqs:SendMessage, Resource: x`))
    expect(queues.map(({ policy: [one] }) => one?.principals)).toEqual([expected, undefined])
  })

  it.each([
    [
      'two policies of one queue',
      `${policy('P', ANY)}\n${policy('Q', ANY)}`,
      'Q is the second policy of svc-local-Jobs',
    ],
    ['what is not judged', policy('P', `${ANY}, NotPrincipal: x`), 'does not judge NotPrincipal'],
  ])('refuses %s', (_, yaml, message) => {
    expect(() => read(yaml)).toThrow(message)
  })
})
