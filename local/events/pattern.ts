import { isTree, listAt, type Tree, textAt, treeAt } from '../deployment/tree.ts'

/** Whether an event is one a rule asks for. */
export type Pattern = (event: unknown) => boolean

/** What is found at a field: none where there is no such field. */
type Test = (values: readonly unknown[]) => boolean

const childOf = (node: unknown, key: string): unknown =>
  isTree(node) && Object.hasOwn(node, key) ? node[key] : undefined

/** A list in an event stands for each of its entries. Objects are no values: only what is in them can be asked for. */
const valuesAt = (node: unknown): readonly unknown[] =>
  [node].flat(Number.POSITIVE_INFINITY).filter((value) => value !== undefined && !isTree(value))

const anyText =
  (test: (text: string) => boolean): Test =>
  (values) =>
    values.some((value) => typeof value === 'string' && test(value))

const COMPARISONS: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
}

/** `[">", 0, "<=", 5]` */
function numericOf(argument: unknown, where: string): Test {
  const parts = listAt(argument, where)
  const bounds = parts.flatMap((part, index) => {
    const compare = index % 2 === 0 ? COMPARISONS[String(part)] : undefined
    return compare ? [(value: number) => compare(value, Number(parts[index + 1]))] : []
  })
  if (bounds.length === 0 || bounds.length * 2 !== parts.length)
    throw new Error(`serverless.yml: ${where} is no numeric comparison`)
  return (values) => values.some((value) => typeof value === 'number' && bounds.every((holds) => holds(value)))
}

/** The field must be there, and hold something else. */
function anythingButOf(argument: unknown, where: string): Test {
  const unwanted = isTree(argument)
    ? [matcherOf(argument, where)]
    : [argument].flat().map((one) => matcherOf(one, where))
  return (values) => values.some((value) => !unwanted.some((test) => test([value])))
}

const OPERATORS: Readonly<Record<string, (argument: unknown, where: string) => Test>> = {
  prefix: (argument, where) => {
    const start = textAt(argument, where)
    return anyText((text) => text.startsWith(start))
  },
  suffix: (argument, where) => {
    const end = textAt(argument, where)
    return anyText((text) => text.endsWith(end))
  },
  'equals-ignore-case': (argument, where) => {
    const wanted = textAt(argument, where).toLowerCase()
    return anyText((text) => text.toLowerCase() === wanted)
  },
  exists: (argument) => (values) => values.length > 0 === (argument === true),
  numeric: numericOf,
  'anything-but': anythingButOf,
}

function matcherOf(node: unknown, where: string): Test {
  if (!isTree(node)) return (values) => values.includes(node)
  const [[name, argument] = ['', undefined], ...more] = Object.entries(node)
  const operator = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined
  if (!operator || more.length > 0) throw new Error(`serverless.yml: the twin cannot match by "${name}" (${where})`)
  return operator(argument, where)
}

function fieldOf(key: string, wanted: unknown, where: string): Pattern {
  if (key === '$or') {
    const either = listAt(wanted, where).map((one) => compilePattern(treeAt(one, where), where))
    return (event) => either.some((fits) => fits(event))
  }
  if (isTree(wanted)) {
    const fits = compilePattern(wanted, where)
    return (event) => {
      const child = childOf(event, key)
      return Array.isArray(child) && child.length > 0 ? child.some(fits) : fits(child)
    }
  }
  const tests = listAt(wanted, where).map((one) => matcherOf(one, where))
  if (tests.length === 0) throw new Error(`serverless.yml: ${where} matches nothing`)
  return (event) => {
    const values = valuesAt(childOf(event, key))
    return tests.some((test) => test(values))
  }
}

/**
 * An event pattern: every field it names must hold one of what is listed (EventBridge User Guide, "Comparison operators").
 * Throws on an operator that the twin does not have: it has those of this file.
 */
export function compilePattern(pattern: Tree, where: string): Pattern {
  const fields = Object.entries(pattern).map(([key, wanted]) => fieldOf(key, wanted, `${where}.${key}`))
  if (fields.length === 0) throw new Error(`serverless.yml: ${where} is empty`)
  return (event) => fields.every((fits) => fits(event))
}
