import type { RuleDefinition, RuleTarget } from './deployment.ts'
import type { Intrinsics } from './intrinsics.ts'
import { busNameOf, DEFAULT_BUS } from './names.ts'
import { ofType, queueNameOfArn } from './read-resources.ts'
import { listAt, numberAt, type Tree, textAt, treeAt } from './tree.ts'

/** EventBridge's own retry policy, where a target has none. */
const DEFAULT_MAX_AGE_SECONDS = 86_400
const DEFAULT_MAX_ATTEMPTS = 185

/** The members of a target that the twin honours. Any other changes what is delivered, or where. */
const TARGET_MEMBERS = new Set(['Id', 'Arn', 'DeadLetterConfig', 'RetryPolicy'])

export const busesOf = (resources: Tree, intrinsics: Intrinsics): readonly string[] =>
  ofType(resources, 'AWS::Events::EventBus').map(([id]) => intrinsics.nameOf(id))

function targetOf(node: Tree, ruleId: string): RuleTarget {
  const arn = textAt(node.Arn, `${ruleId}.Targets.Arn`)
  if (!arn.startsWith('arn:aws:sqs:'))
    throw new Error(`serverless.yml: the twin sends events to queues only (${ruleId})`)
  const other = Object.keys(node).find((member) => !TARGET_MEMBERS.has(member))
  if (other !== undefined)
    throw new Error(`serverless.yml: the twin delivers events whole, without ${other} (${ruleId})`)
  const deadLetters = treeAt(node.DeadLetterConfig, `${ruleId}.DeadLetterConfig`).Arn
  const retries = treeAt(node.RetryPolicy, `${ruleId}.RetryPolicy`)
  return {
    id: textAt(node.Id, `${ruleId}.Targets.Id`),
    queueName: queueNameOfArn(arn),
    ...(deadLetters === undefined ? {} : { deadLetterQueueName: queueNameOfArn(textAt(deadLetters, ruleId)) }),
    retries: {
      maxAgeSeconds: numberAt(retries.MaximumEventAgeInSeconds, DEFAULT_MAX_AGE_SECONDS),
      maxAttempts: numberAt(retries.MaximumRetryAttempts, DEFAULT_MAX_ATTEMPTS),
    },
  }
}

/** Rules by pattern. Throws where one runs on a schedule or sends anything but whole events to queues. */
export function rulesOf(resources: Tree, intrinsics: Intrinsics): readonly RuleDefinition[] {
  return ofType(resources, 'AWS::Events::Rule').map(([id, raw]) => {
    const rule = treeAt(intrinsics.resolve(raw), id)
    if (rule.ScheduleExpression !== undefined)
      throw new Error(`serverless.yml: ${id} is a schedule: give the function a "schedule" event`)
    return {
      name: intrinsics.nameOf(id),
      arn: textAt(intrinsics.resolve({ 'Fn::GetAtt': [id, 'Arn'] }), `${id}.Arn`),
      busName: busNameOf(textAt(rule.EventBusName ?? DEFAULT_BUS, `${id}.EventBusName`)),
      enabled: rule.State !== 'DISABLED',
      pattern: treeAt(rule.EventPattern, `${id}.EventPattern`),
      targets: listAt(rule.Targets, `${id}.Targets`).map((target) => targetOf(treeAt(target, `${id}.Targets`), id)),
    }
  })
}
