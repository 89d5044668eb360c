import type { Statement } from '../deployment/deployment.ts'
import type { AwsCall } from './service.ts'

export interface Verdict {
  readonly allowed: boolean
  /** The statements that decided: every one that allowed a part of the call, or the one that denied it. */
  readonly statements: readonly Statement[]
}

/** IAM's wildcards: `*` is any text, `?` is any one character. Actions are compared without regard to case. */
export function matches(pattern: string, text: string, caseless = false): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '[\\s\\S]*')
    .replaceAll('?', '[\\s\\S]')
  return new RegExp(`^${source}$`, caseless ? 'i' : '').test(text)
}

type Test = (actual: string, wanted: string) => boolean

const OPERATORS: ReadonlyMap<string, { readonly test: Test; readonly negated: boolean }> = new Map([
  ['StringEquals', { test: (actual, wanted) => actual === wanted, negated: false }],
  ['StringNotEquals', { test: (actual, wanted) => actual === wanted, negated: true }],
  ['StringLike', { test: (actual, wanted) => matches(wanted, actual), negated: false }],
  ['StringNotLike', { test: (actual, wanted) => matches(wanted, actual), negated: true }],
  ['ArnEquals', { test: (actual, wanted) => matches(wanted, actual), negated: false }],
  ['ArnLike', { test: (actual, wanted) => matches(wanted, actual), negated: false }],
  ['Bool', { test: (actual, wanted) => actual.toLowerCase() === wanted.toLowerCase(), negated: false }],
])

interface Operator {
  readonly quantifier: 'any' | 'all' | undefined
  readonly name: string
  readonly ifExists: boolean
}

function parseOperator(text: string): Operator {
  const [, quantifier, name = '', ifExists] = /^(?:ForA(ny|ll)Values?:)?(\w+?)(IfExists)?$/.exec(text) ?? []
  return {
    quantifier: quantifier === 'ny' ? 'any' : quantifier === 'll' ? 'all' : undefined,
    name,
    ifExists: !!ifExists,
  }
}

/** What a role may not use, because nothing here could judge it. Empty: all is well. */
export function unknownOperators(statements: readonly Statement[]): readonly string[] {
  return statements
    .flatMap(({ conditions }) => Object.keys(conditions))
    .filter((text) => parseOperator(text).name !== 'Null' && !OPERATORS.has(parseOperator(text).name))
}

/** Condition keys are caseless up to the tag's own name: `aws:ResourceTag/stagedoor:deployment`. */
const canonicalKey = (key: string): string => {
  const slash = key.indexOf('/')
  return slash < 0 ? key.toLowerCase() : key.slice(0, slash).toLowerCase() + key.slice(slash)
}

function conditionHolds(text: string, values: readonly string[] | undefined, wanted: readonly string[]): boolean {
  const { quantifier, name, ifExists } = parseOperator(text)
  if (name === 'Null') return wanted.includes(String(values === undefined))
  const operator = OPERATORS.get(name)
  if (!operator) return false
  // IAM: an absent key fails a condition, unless it is negated, `IfExists`, or asks about all of no values.
  if (values === undefined) return ifExists || operator.negated || quantifier === 'all'
  const one = (actual: string): boolean => wanted.some((value) => operator.test(actual, value)) !== operator.negated
  return quantifier === 'any' ? values.some(one) : values.every(one)
}

const isResourceTag = (key: string): boolean => canonicalKey(key).startsWith('aws:resourcetag/')

function applies(statement: Statement, action: string, resource: string, call: AwsCall): boolean {
  const { context, resourceTagsUnknown } = call
  const known = new Map(Object.entries(context).map(([key, values]) => [canonicalKey(key), values]))
  return (
    statement.actions.some((pattern) => matches(pattern, action, true)) &&
    statement.resources.some((pattern) => matches(pattern, resource)) &&
    Object.entries(statement.conditions).every(([operator, keys]) =>
      Object.entries(keys).every(
        ([key, wanted]) =>
          (resourceTagsUnknown && isResourceTag(key)) || conditionHolds(operator, known.get(canonicalKey(key)), wanted),
      ),
    )
  )
}

/**
 * IAM's decision for one role: an explicit deny wins, and what no statement allows is denied. Every action must be
 * allowed on every resource of the call (IAM User Guide, "Policy evaluation logic").
 */
export function judge(statements: readonly Statement[], call: AwsCall): Verdict {
  const deciding = new Set<Statement>()
  for (const action of call.actions) {
    for (const resource of call.resources) {
      const applying = statements.filter((statement) => applies(statement, action, resource, call))
      const denying = applying.find(({ effect }) => effect === 'Deny')
      if (denying) return { allowed: false, statements: [denying] }
      if (applying.length === 0) return { allowed: false, statements: [] }
      for (const statement of applying) deciding.add(statement)
    }
  }
  return { allowed: true, statements: [...deciding] }
}
