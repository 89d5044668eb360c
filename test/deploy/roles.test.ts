import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'

interface Statement {
  readonly Sid: string
  readonly Effect: string
  readonly Action: readonly string[]
  readonly Resource: string | readonly string[]
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>
}
interface Role {
  readonly Properties: {
    readonly Policies: readonly { readonly PolicyDocument: { readonly Statement: Statement[] } }[]
  }
}

const file = join(import.meta.dirname, '../../resources/roles.yml')
/** The tags (`!Sub`, `!GetAtt`) are left out: what is looked at is their text. */
const { Resources } = parse(readFileSync(file, 'utf8'), { logLevel: 'error' }) as { Resources: Record<string, Role> }
const roles = Object.entries(Resources)
const statementsOf = ({ Properties }: Role): Statement[] =>
  Properties.Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
const statements = roles.flatMap(([role, definition]) =>
  statementsOf(definition).map((statement) => ({ role, at: `${role} ${statement.Sid}`, ...statement })),
)
const actionsOf = (role: string): string[] =>
  statements.filter((statement) => statement.role === role).flatMap(({ Action }) => Action)
const OWN = `stagedoor-\${sls:stage}`
const RESOURCE_TAG = 'aws:ResourceTag/stagedoor:deployment'
const REQUEST_TAG = 'aws:RequestTag/stagedoor:deployment'

describe('every statement', () => {
  it.each(statements)('$at names its actions and its resources', ({ Effect, Action, Resource }) => {
    expect(Effect).toBe('Allow')
    for (const action of Action) expect(action).toMatch(/^[a-z]+:[A-Za-z]+$/)
    for (const resource of [Resource].flat()) {
      // A wildcard only where names cannot be known beforehand: log streams, secrets of the deployment, tagged stages.
      const known = resource.replace(/(LogGroup\.Arn\}:|:secret:stagedoor\/\$\{sls:stage\}\/|:stage\/)\*$/, '')
      expect(known).not.toBe('')
      expect(known).not.toContain('*')
    }
  })

  it.each(roles)('%s writes to its own log group only', (role, definition) => {
    const name = role.replace(/Role$/, '')
    const logs = statementsOf(definition).filter(({ Action }) => Action.some((action) => action.startsWith('logs:')))
    expect(logs.map(({ Resource }) => Resource)).toEqual([`\${${name}LogGroup.Arn}:*`])
  })
})

describe('IVS', () => {
  // A list is of all the account's stages, and IVS knows no condition for it.
  const ivs = statements
    .filter(({ Action }) => Action.some((action) => action.startsWith('ivs:')))
    .filter(({ Action }) => Action.join() !== 'ivs:ListStages')

  /** IVS lists all of an account's stages or none: whose each is, its tags in the list say. */
  const bindable = ivs.filter(({ Action }) => Action.join() !== 'ivs:ListStages')

  it.each(bindable)('$at is bound to the tag of this deployment', ({ Condition = {} }) => {
    const bound = Object.values(Condition).flatMap((values) => Object.entries(values))
    expect(bound.length).toBeGreaterThan(0)
    for (const [key, value] of bound) {
      expect([RESOURCE_TAG, REQUEST_TAG]).toContain(key)
      expect(value).toBe(OWN)
    }
  })

  it('only reading and tagging may meet a stage that nobody owns, or that is gone', () => {
    const lenient = ivs.filter(({ Condition }) => Condition?.StringEqualsIfExists !== undefined)
    expect(lenient.flatMap(({ Action }) => Action).sort()).toEqual([
      ...['ivs:GetStage', 'ivs:GetStage', 'ivs:GetStage', 'ivs:TagResource', 'ivs:TagResource'],
    ])
  })

  it.each(['ivs:CreateStage', 'ivs:TagResource'])('%s must set the tag', (action) => {
    for (const { Condition } of ivs.filter(({ Action }) => Action.includes(action)))
      expect(Condition?.StringEquals).toHaveProperty([REQUEST_TAG], OWN)
  })
})

describe('who may do what', () => {
  it.each([
    ['ivs:CreateParticipantToken', ['JoinRole']],
    ['ivs:DisconnectParticipant', ['LeaveRole', 'ModerationRole', 'EndingsRole']],
    ['ivs:CreateStage', ['StagesRole', 'ReconcileRole']],
    ['ivs:DeleteStage', ['StagesRole', 'ReconcileRole', 'UpkeepRole']],
    ['ivs:TagResource', ['StagesRole', 'ReconcileRole']],
    ['ivs:UntagResource', ['StagesRole']],
    ['ivs:ListStages', ['ReconcileRole']],
    ['dynamodb:DeleteItem', ['StagesRole', 'ReconcileRole']],
    ['dynamodb:Query', ['StagesRole', 'RosterRole', 'ModerationRole', 'ReconcileRole', 'UpkeepRole']],
    ['events:PutEvents', ['LeaveRole', 'StagesRole', 'ModerationRole', 'EventsRole', 'EndingsRole', 'ReconcileRole']],
    [
      'secretsmanager:GetSecretValue',
      ['JoinRole', 'RefreshRole', 'LeaveRole', 'StageRole', 'StagesRole', 'RosterRole', 'ModerationRole'],
    ],
  ])('%s: %j', (action, expected) => {
    expect(roles.map(([role]) => role).filter((role) => actionsOf(role).includes(action))).toEqual(expected)
  })

  it('meta may write its log and nothing else', () => {
    expect(actionsOf('MetaRole')).toEqual(['logs:CreateLogStream', 'logs:PutLogEvents'])
  })

  it('nobody may scan, or read or change keys and secrets beyond reading one', () => {
    const all = statements.flatMap(({ Action }) => Action)
    expect(all.filter((action) => /Scan|PublicKey|secretsmanager:(?!GetSecretValue)|iam:|kms:/.test(action))).toEqual(
      [],
    )
  })
})

describe('our own queues', () => {
  /** Whose endings are of which kinds: what carries a demotion goes by the queue of deadlines (lib/ending/endings.ts). */
  it.each([
    ['JoinRole', ['Endings']],
    ['RefreshRole', ['Endings']],
    ['LeaveRole', ['UrgentEndings', 'Endings', 'Later']],
    ['ModerationRole', ['UrgentEndings', 'Endings', 'Later']],
    ['EventsRole', ['UrgentEndings', 'Endings', 'Later']],
    ['EndingsRole', ['UrgentEndings', 'Later']],
    ['ReconcileRole', ['UrgentEndings', 'Endings', 'Later']],
  ])('take from %s what it may end, and nothing else', (role, queues) => {
    const sending = statements.filter((one) => one.role === role && one.Action.includes('sqs:SendMessage'))
    expect(sending.flatMap(({ Resource }) => [Resource].flat())).toEqual(queues.map((name) => `${name}Queue.Arn`))
  })
})
