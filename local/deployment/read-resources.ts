import type { QueueDefinition, TableDefinition } from './deployment.ts'
import type { Intrinsics } from './intrinsics.ts'
import { numberAt, type Tree, textAt, treeAt } from './tree.ts'

/** The members of `AWS::DynamoDB::Table` that `CreateTable` knows and the embedded engine takes. */
const TABLE_MEMBERS = [
  'AttributeDefinitions',
  'KeySchema',
  'BillingMode',
  'GlobalSecondaryIndexes',
  'LocalSecondaryIndexes',
]

function ofType(resources: Tree, type: string): readonly (readonly [id: string, properties: Tree])[] {
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

/** Every queue with AWS's defaults where the template is silent: 30 s hidden, 4 days kept. */
export function queuesOf(resources: Tree, intrinsics: Intrinsics): readonly QueueDefinition[] {
  return ofType(resources, 'AWS::SQS::Queue').map(([id, raw]) => {
    const properties = treeAt(intrinsics.resolve(raw), id)
    const deadLetters = deadLettersOf(properties)
    return {
      name: intrinsics.nameOf(id),
      visibilityTimeoutSeconds: numberAt(properties.VisibilityTimeout, 30),
      retentionSeconds: numberAt(properties.MessageRetentionPeriod, 345_600),
      delaySeconds: numberAt(properties.DelaySeconds, 0),
      ...(deadLetters ? { deadLetters } : {}),
    }
  })
}
