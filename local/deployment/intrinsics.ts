import { busNameOf, DEFAULT_BUS, logicalNameOf } from './names.ts'
import { isTree, listAt, type Tree, textAt, treeAt } from './tree.ts'
import { splitAtFirstDot } from './yaml-template.ts'

/** What CloudFormation would know about the account, and the names the twin gives to what it makes. */
export interface StackFacts {
  readonly region: string
  readonly accountId: string
  readonly service: string
  readonly stage: string
  /** Where a queue of this name is reached: `Ref` of a queue is its URL. */
  readonly queueUrlOf: (queueName: string) => string
}

export interface Intrinsics {
  /** The same data with every `Ref`, `Fn::GetAtt`, `Fn::Sub`, `Fn::Join`, `Fn::If` … replaced by its value. */
  resolve(node: unknown): unknown
  /** What CloudFormation calls the physical name of a table, queue, rule, bus or role. */
  nameOf(logicalId: string): string
}

const NO_VALUE = Symbol('AWS::NoValue')

/** Resolves CloudFormation's functions for the resources that `serverless.yml` makes; throws on a reference to anything else. */
export function intrinsicsOf(template: Tree, functionNames: readonly string[], facts: StackFacts): Intrinsics {
  const resources = treeAt(template.Resources, 'resources.Resources')
  const parameters = treeAt(template.Parameters, 'resources.Parameters')
  const conditions = treeAt(template.Conditions, 'resources.Conditions')
  const logGroups = new Map(functionNames.map((name) => [`${logicalNameOf(name)}LogGroup`, name]))
  const lambdas = new Map(functionNames.map((name) => [`${logicalNameOf(name)}LambdaFunction`, name]))
  const { region, accountId } = facts
  const prefix = `${facts.service}-${facts.stage}`

  const typeOf = (id: string): string => textAt(treeAt(resources[id], id).Type ?? '', `${id}.Type`)
  const nameOf = (id: string): string => {
    const properties = treeAt(treeAt(resources[id], id).Properties, `${id}.Properties`)
    const given = properties.TableName ?? properties.QueueName ?? properties.RoleName ?? properties.Name
    return given === undefined ? `${prefix}-${id}` : textAt(resolve(given), `${id} name`)
  }

  const ref = (id: string): unknown => {
    if (id === 'AWS::NoValue') return NO_VALUE
    const pseudo = new Map([
      ['AWS::Region', region],
      ['AWS::AccountId', accountId],
      ['AWS::Partition', 'aws'],
      ['AWS::URLSuffix', 'amazonaws.com'],
      ['AWS::StackName', prefix],
    ]).get(id)
    if (pseudo !== undefined) return pseudo
    if (Object.hasOwn(parameters, id)) return resolve(treeAt(parameters[id], id).Default)
    if (id === 'HttpApi') return 'local'
    const lambda = lambdas.get(id)
    if (lambda !== undefined) return `${prefix}-${lambda}`
    if (typeOf(id) === 'AWS::SQS::Queue') return facts.queueUrlOf(nameOf(id))
    if (Object.hasOwn(resources, id)) return nameOf(id)
    throw new Error(`serverless.yml: nothing is called "${id}"`)
  }

  const ruleArn = (id: string): string => {
    const { EventBusName: bus } = treeAt(treeAt(resources[id], id).Properties, `${id}.Properties`)
    const busName = bus === undefined ? DEFAULT_BUS : busNameOf(textAt(resolve(bus), `${id}.EventBusName`))
    const path = busName === DEFAULT_BUS ? nameOf(id) : `${busName}/${nameOf(id)}`
    return `arn:aws:events:${region}:${accountId}:rule/${path}`
  }

  const getAtt = (id: string, attribute: string): unknown => {
    const log = logGroups.get(id)
    // CloudFormation's ARN of a log group ends in `:*`.
    if (log !== undefined) return `arn:aws:logs:${region}:${accountId}:log-group:/aws/lambda/${prefix}-${log}:*`
    const lambda = lambdas.get(id)
    if (lambda !== undefined) return `arn:aws:lambda:${region}:${accountId}:function:${prefix}-${lambda}`
    const type = typeOf(id)
    if (type === 'AWS::DynamoDB::Table') return `arn:aws:dynamodb:${region}:${accountId}:table/${nameOf(id)}`
    if (type === 'AWS::SQS::Queue' && attribute === 'QueueName') return nameOf(id)
    if (type === 'AWS::SQS::Queue') return `arn:aws:sqs:${region}:${accountId}:${nameOf(id)}`
    if (type === 'AWS::Events::Rule') return ruleArn(id)
    if (type === 'AWS::Events::EventBus' && attribute === 'Name') return nameOf(id)
    if (type === 'AWS::Events::EventBus') return `arn:aws:events:${region}:${accountId}:event-bus/${nameOf(id)}`
    if (type === 'AWS::IAM::Role') return `arn:aws:iam::${accountId}:role/${nameOf(id)}`
    throw new Error(`serverless.yml: the twin cannot tell ${id}.${attribute}`)
  }

  const sub = (argument: unknown): string => {
    const [text, names] = Array.isArray(argument) ? argument : [argument, {}]
    const own = treeAt(resolve(names), 'Fn::Sub')
    return textAt(text, 'Fn::Sub').replaceAll(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
      if (literal) return `\${${name}}`
      if (Object.hasOwn(own, name)) return textAt(own[name], name)
      return textAt(name.includes('.') ? getAtt(...splitAtFirstDot(name)) : ref(name), `Fn::Sub of ${name}`)
    })
  }

  const isTrue = (node: unknown): boolean => {
    const value = typeof node === 'string' ? isTrue(conditions[node]) : resolve(node)
    return value === true || value === 'true'
  }

  const functions: Readonly<Record<string, (argument: unknown) => unknown>> = {
    Ref: (argument) => ref(textAt(argument, 'Ref')),
    Condition: (argument) => isTrue(argument),
    'Fn::GetAtt': (argument) => {
      const [id, attribute] = Array.isArray(argument) ? argument : splitAtFirstDot(textAt(argument, 'Fn::GetAtt'))
      return getAtt(textAt(id, 'Fn::GetAtt'), textAt(attribute, 'Fn::GetAtt'))
    },
    'Fn::Sub': sub,
    'Fn::Join': (argument) => {
      const [separator, parts] = listAt(argument, 'Fn::Join')
      return listAt(resolve(parts), 'Fn::Join').map(String).join(String(separator))
    },
    'Fn::Select': (argument) => {
      const [index, list] = listAt(argument, 'Fn::Select')
      return listAt(resolve(list), 'Fn::Select')[Number(resolve(index))]
    },
    'Fn::Split': (argument) => {
      const [separator, text] = listAt(argument, 'Fn::Split')
      return textAt(resolve(text), 'Fn::Split').split(textAt(separator, 'Fn::Split'))
    },
    'Fn::If': (argument) => {
      const [condition, then, otherwise] = listAt(argument, 'Fn::If')
      return resolve(isTrue(condition) ? then : otherwise)
    },
    'Fn::Equals': (argument) => {
      const [left, right] = listAt(resolve(argument), 'Fn::Equals')
      return left === right
    },
    'Fn::Not': (argument) => !isTrue(listAt(argument, 'Fn::Not')[0]),
    'Fn::And': (argument) => listAt(argument, 'Fn::And').every(isTrue),
    'Fn::Or': (argument) => listAt(argument, 'Fn::Or').some(isTrue),
  }

  const resolve = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(resolve).filter((entry) => entry !== NO_VALUE)
    if (!isTree(node)) return node
    const entries = Object.entries(node)
    const [only] = entries
    const call = entries.length === 1 && only ? functions[only[0]] : undefined
    if (call && only) return call(only[1])
    return Object.fromEntries(
      entries.map(([key, entry]) => [key, resolve(entry)] as const).filter(([, entry]) => entry !== NO_VALUE),
    )
  }

  return { resolve, nameOf }
}
