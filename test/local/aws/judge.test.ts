import { describe, expect, it } from 'vitest'
import { judge, unknownOperators } from '../../../local/aws/judge.ts'
import type { AwsCall } from '../../../local/aws/service.ts'
import { createRoles } from '../../../local/aws/statement-use.ts'
import type { Statement } from '../../../local/deployment/deployment.ts'

const statement = (given: Partial<Statement> = {}): Statement => ({
  effect: 'Allow',
  actions: ['ivs:GetStage'],
  resources: ['arn:aws:ivs:us-east-1:123456789012:stage/*'],
  conditions: {},
  ...given,
})
const call = (given: Partial<AwsCall> = {}): AwsCall => ({
  operation: 'GetStage',
  actions: ['ivs:GetStage'],
  resources: ['arn:aws:ivs:us-east-1:123456789012:stage/abc'],
  context: {},
  ...given,
})
const when = (operator: string, key: string, ...values: string[]) =>
  statement({ conditions: { [operator]: { [key]: values } } })
const TAG = 'aws:ResourceTag/stagedoor:deployment'
const tagged = (value: string) => call({ context: { [TAG]: [value] } })

describe('judge', () => {
  it.each<[string, Statement[], AwsCall, boolean]>([
    ['nothing allows', [], call(), false],
    ['exactly allowed', [statement()], call(), true],
    ['another action', [statement()], call({ actions: ['ivs:DeleteStage'] }), false],
    ['an action in another case', [statement({ actions: ['IVS:getstage'] })], call(), true],
    ['an action by wildcard', [statement({ actions: ['ivs:Get*'] })], call(), true],
    ['a wildcard of another service', [statement({ actions: ['sqs:*'] })], call(), false],
    ['a wildcard is not a regular expression', [statement({ actions: ['ivs:G.tStage'] })], call(), false],
    ['another resource', [statement({ resources: ['arn:aws:ivs:us-east-1:123456789012:stage/x'] })], call(), false],
    [
      'a resource in another case',
      [statement({ resources: ['arn:aws:ivs:us-east-1:123456789012:stage/ABC'] })],
      call(),
      false,
    ],
    ['one character by ?', [statement({ resources: ['arn:aws:ivs:us-east-1:123456789012:stage/ab?'] })], call(), true],
    [
      'an index is not its table',
      [statement({ actions: ['dynamodb:Query'], resources: ['arn:t'] })],
      call({ actions: ['dynamodb:Query'], resources: ['arn:t/index/i'] }),
      false,
    ],
    ['a deny wins', [statement(), statement({ effect: 'Deny' })], call(), false],
    [
      'a deny of something else does not',
      [statement(), statement({ effect: 'Deny', actions: ['ivs:DeleteStage'] })],
      call(),
      true,
    ],
    ['all actions are needed', [statement()], call({ actions: ['ivs:GetStage', 'ivs:TagResource'] }), false],
    [
      'by several statements',
      [statement(), statement({ actions: ['ivs:TagResource'] })],
      call({ actions: ['ivs:GetStage', 'ivs:TagResource'] }),
      true,
    ],
    ['all resources are needed', [statement({ resources: ['arn:a'] })], call({ resources: ['arn:a', 'arn:b'] }), false],
    ['the tag it asks for', [when('StringEquals', TAG, 'mine')], tagged('mine'), true],
    ['another tag', [when('StringEquals', TAG, 'mine')], tagged('yours'), false],
    ['no tag', [when('StringEquals', TAG, 'mine')], call(), false],
    ['no tag, left to the service', [when('StringEquals', TAG, 'mine')], call({ resourceTagsUnknown: true }), true],
    [
      'a request tag is never left to it',
      [when('StringEquals', 'aws:RequestTag/a', 'b')],
      call({ resourceTagsUnknown: true }),
      false,
    ],
    [
      'the key in another case',
      [when('StringEquals', 'aws:resourcetag/stagedoor:deployment', 'mine')],
      tagged('mine'),
      true,
    ],
    ['one of several values', [when('StringEquals', TAG, 'a', 'b')], tagged('b'), true],
    ['IfExists: absent', [when('StringEqualsIfExists', TAG, 'mine')], call(), true],
    ['IfExists: another', [when('StringEqualsIfExists', TAG, 'mine')], tagged('yours'), false],
    ['like', [when('StringLike', TAG, 'stagedoor-*')], tagged('stagedoor-dev'), true],
    ['not equal', [when('StringNotEquals', TAG, 'mine')], tagged('yours'), true],
    ['not equal: absent', [when('StringNotEquals', TAG, 'mine')], call(), true],
    ['Null true: absent', [when('Null', TAG, 'true')], call(), true],
    ['Null true: present', [when('Null', TAG, 'true')], tagged('x'), false],
    ['Null false: present', [when('Null', TAG, 'false')], tagged('x'), true],
    [
      'all values',
      [when('ForAllValues:StringEquals', 'aws:TagKeys', 'a', 'b')],
      call({ context: { 'aws:TagKeys': ['a', 'b'] } }),
      true,
    ],
    [
      'all values: one too many',
      [when('ForAllValues:StringEquals', 'aws:TagKeys', 'a')],
      call({ context: { 'aws:TagKeys': ['a', 'b'] } }),
      false,
    ],
    [
      'any value',
      [when('ForAnyValue:StringEquals', 'aws:TagKeys', 'a')],
      call({ context: { 'aws:TagKeys': ['a', 'b'] } }),
      true,
    ],
    [
      'leading keys',
      [when('ForAllValues:StringLike', 'dynamodb:LeadingKeys', 'u#*')],
      call({ context: { 'dynamodb:LeadingKeys': ['s#1'] } }),
      false,
    ],
    [
      'every operator must hold',
      [statement({ conditions: { StringEquals: { [TAG]: ['a'] }, Null: { 'aws:TagKeys': ['false'] } } })],
      tagged('a'),
      false,
    ],
  ])('%s', (_, statements, given, allowed) => {
    expect(judge(statements, given).allowed).toBe(allowed)
  })

  it('names the operators it could not judge', () => {
    expect(unknownOperators([when('NumericLessThan', 'x', '1'), when('StringEquals', 'y', '1')])).toEqual([
      'NumericLessThan',
    ])
  })
})

describe('createRoles', () => {
  it('counts what was used, by statement and by action', () => {
    const statements = [
      statement({ sid: 'Look', actions: ['ivs:GetStage', 'ivs:GetParticipant'] }),
      statement({ sid: 'Never' }),
    ]
    const definition = {
      name: 'f',
      statements: [statements[0] ?? statement(), statement({ sid: 'Never', actions: ['ivs:DeleteStage'] })],
    }
    const roles = createRoles([
      {
        ...definition,
        handler: '',
        timeoutSeconds: 1,
        memoryMegabytes: 1,
        environment: {},
        roleName: 'R',
        routes: [],
        queueSources: [],
        schedules: [],
        asyncRetries: 0,
      },
    ])
    expect(roles.judge('f', call()).allowed).toBe(true)
    expect(roles.judge('f', call({ actions: ['ivs:StopComposition'] })).allowed).toBe(false)
    expect(roles.judge('unknown', call()).allowed).toBe(false)
    expect(roles.uses().map(({ sid, used, usedActions }) => ({ sid, used, usedActions }))).toEqual([
      { sid: 'Look', used: 1, usedActions: ['ivs:GetStage'] },
      { sid: 'Never', used: 0, usedActions: [] },
    ])
  })
})
