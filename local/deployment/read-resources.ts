import type { PolicyStatement, QueueDefinition, TableDefinition } from './deployment.ts'
import type { Intrinsics } from './intrinsics.ts'
import { policyStatementOf } from './read-statement.ts'
import { listAt, numberAt, type Tree, textAt, textsAt, treeAt } from './tree.ts'

/** The members of `AWS::DynamoDB::Table` that `CreateTable` knows and the embedded engine takes. */
const TABLE_MEMBERS = [
  'AttributeDefinitions',
  'KeySchema',
  'BillingMode',
  'GlobalSecondaryIndexes',
  'LocalSecondaryIndexes',
]

/** Every resource of one type, as it is written. */
export function ofType(resources: Tree, type: string): readonly (readonly [id: string, properties: Tree])[] {
  return Object.entries(treeAt(resources.Resources, 'resources.Resources'))
    .map(([id, node]) => [id, treeAt(node, id)] as const)
    .filter(([, node]) => node.Type === type)
    .map(([id, node]) => [id, treeAt(node.Properties, `${id}.Properties`)] as const)
}

export function tablesOf(resources: Tree, intrinsics: Intrinsics): readonly TableDefinition[] {
  return ofType(resources, 'AWS::DynamoDB::Table').map(([id, properties]) => {
    const resolved = treeAt(intrinsics.resolve(properties), id)
    const members = TABLE_MEMBERS.filter((member) => Object.hasOwn(resolved, member))
    return {
      name: intrinsics.nameOf(id),
      properties: Object.fromEntries(members.map((member) => [member, resolved[member]])),
    }
  })
}

function deadLettersOf(properties: Tree): QueueDefinition['deadLetters'] {
  if (properties.RedrivePolicy === undefined) return undefined
  const policy = treeAt(properties.RedrivePolicy, 'RedrivePolicy')
  return {
    queueName: queueNameOfArn(textAt(policy.deadLetterTargetArn, 'deadLetterTargetArn')),
    maxReceiveCount: numberAt(policy.maxReceiveCount, 10),
  }
}

export const queueNameOfArn = (arn: string): string => arn.slice(arn.lastIndexOf(':') + 1)

const queueNameOfUrl = (url: string): string => url.slice(url.lastIndexOf('/') + 1)

/** By queue. Throws where two name the same queue: in AWS the later one replaces the other. */
function queuePoliciesOf(resources: Tree, intrinsics: Intrinsics): ReadonlyMap<string, readonly PolicyStatement[]> {
  const policies = new Map<string, readonly PolicyStatement[]>()
  for (const [id, raw] of ofType(resources, 'AWS::SQS::QueuePolicy')) {
    const { Queues: queues, PolicyDocument: document } = treeAt(intrinsics.resolve(raw), id)
    const listed = listAt(treeAt(document, `${id}.PolicyDocument`).Statement, `${id}.Statement`)
    const statements = listed.map((one) => policyStatementOf(treeAt(one, `${id}.Statement`)))
    for (const name of textsAt(queues, `${id}.Queues`).map(queueNameOfUrl)) {
      if (policies.has(name)) throw new Error(`serverless.yml: ${id} is the second policy of ${name}: make them one`)
      policies.set(name, statements)
    }
  }
  return policies
}

/** Every queue with AWS's defaults where the template is silent: 30 s hidden, 4 days kept. */
export function queuesOf(resources: Tree, intrinsics: Intrinsics): readonly QueueDefinition[] {
  const policies = queuePoliciesOf(resources, intrinsics)
  return ofType(resources, 'AWS::SQS::Queue').map(([id, raw]) => {
    const properties = treeAt(intrinsics.resolve(raw), id)
    const deadLetters = deadLettersOf(properties)
    return {
      name: intrinsics.nameOf(id),
      visibilityTimeoutSeconds: numberAt(properties.VisibilityTimeout, 30),
      retentionSeconds: numberAt(properties.MessageRetentionPeriod, 345_600),
      delaySeconds: numberAt(properties.DelaySeconds, 0),
      ...(deadLetters ? { deadLetters } : {}),
      policy: policies.get(intrinsics.nameOf(id)) ?? [],
    }
  })
}
