// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is what serverless.yml holds
import { describe, expect, it } from 'vitest'
import { intrinsicsOf } from '../../../local/deployment/intrinsics.ts'
import type { Tree } from '../../../local/deployment/tree.ts'
import { parseTemplate } from '../../../local/deployment/yaml-template.ts'

const template = parseTemplate(`
Parameters: { Protect: { Type: String, Default: 'true' } }
Conditions: { Protected: !Equals [!Ref Protect, 'true'], Open: !Not [!Condition Protected] }
Resources:
  Table: { Type: AWS::DynamoDB::Table, Properties: {} }
  Named: { Type: AWS::DynamoDB::Table, Properties: { TableName: !Sub 'my-\${AWS::Region}' } }
  Jobs: { Type: AWS::SQS::Queue }
  Role: { Type: AWS::IAM::Role, Properties: {} }
`) as Tree

const facts = {
  region: 'eu-west-1',
  accountId: '123456789012',
  service: 'svc',
  stage: 'local',
  queueUrlOf: (name: string) => `http://q/${name}`,
}
const { resolve } = intrinsicsOf(template, ['on-event'], facts)

describe('intrinsicsOf', () => {
  it.each<[string, unknown]>([
    ['!Ref AWS::Region', 'eu-west-1'],
    ['!Ref Table', 'svc-local-Table'],
    ['!Ref Named', 'my-eu-west-1'],
    ['!Ref Jobs', 'http://q/svc-local-Jobs'],
    ['!Ref Protect', 'true'],
    ['!GetAtt Table.Arn', 'arn:aws:dynamodb:eu-west-1:123456789012:table/svc-local-Table'],
    ['Fn::GetAtt: [Jobs, Arn]', 'arn:aws:sqs:eu-west-1:123456789012:svc-local-Jobs'],
    ['!GetAtt Jobs.QueueName', 'svc-local-Jobs'],
    ['!GetAtt Role.Arn', 'arn:aws:iam::123456789012:role/svc-local-Role'],
    [
      '!GetAtt OnDasheventLogGroup.Arn',
      'arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/svc-local-on-event:*',
    ],
    ['!GetAtt OnDasheventLambdaFunction.Arn', 'arn:aws:lambda:eu-west-1:123456789012:function:svc-local-on-event'],
    [
      '!Sub "${Table.Arn}/index/${AWS::Partition}"',
      'arn:aws:dynamodb:eu-west-1:123456789012:table/svc-local-Table/index/aws',
    ],
    ['!Sub ["${a}-${!b}", { a: !Ref AWS::AccountId }]', '123456789012-${b}'],
    ['!Join [":", [a, !Ref AWS::Region]]', 'a:eu-west-1'],
    ['!Select [1, !Split [",", "a,b"]]', 'b'],
    ['!If [Protected, 5, !Ref AWS::NoValue]', 5],
    ['!If [Open, 5, 6]', 6],
    ['{ a: !If [Open, 5, !Ref AWS::NoValue], b: 1 }', { b: 1 }],
    ['[!If [Open, 5, !Ref AWS::NoValue], 1]', [1]],
  ])('%s', (text, expected) => {
    expect(resolve(parseTemplate(text))).toEqual(expected)
  })

  it.each(['!Ref Nothing', '!GetAtt Nothing.Arn', '!Sub "${Nothing.Arn}"'])('%s fails by name', (text) => {
    expect(() => resolve(parseTemplate(text))).toThrow(/Nothing/)
  })
})

describe('parseTemplate', () => {
  it('says in one line where a file is no YAML', () => {
    expect(() => parseTemplate('a: 1\nb: [', 'more.yml')).toThrow(/^more\.yml: [^\n]+ at line 2, column \d+$/)
  })
})
