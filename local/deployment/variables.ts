import { readFile } from 'node:fs/promises'
import { resolve as resolvePath } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isTree } from './tree.ts'
import { parseTemplate } from './yaml-template.ts'

/** Where the variables of `serverless.yml` get their values from. */
export interface VariableSources {
  /** The deployment stage: `${sls:stage}`. */
  readonly stage: string
  readonly accountId: string
  /** What `${env:NAME}` sees. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** What `${opt:name}` sees besides `stage` and `region`. */
  readonly options: Readonly<Record<string, string>>
  /** What `${file(…)}` is relative to. */
  readonly directory: string
}

/** As the Serverless Framework reads them: `${type:address, fallback}`; `${AWS::Region}` and `${Resource.Arn}` are CloudFormation's. */
const VARIABLE = /\$\{([^{}:]+?(?:\(|:)(?:[^:{}][^{}]*?)?)\}/
const MAX_DEPTH = 40

/** Follows a dotted address; array indexes count as keys. */
function at(root: unknown, address: string): unknown {
  let here: unknown = root
  for (const key of address.split('.').filter(Boolean)) {
    if (Array.isArray(here)) here = here[Number(key)]
    else if (isTree(here) && Object.hasOwn(here, key)) here = here[key]
    else return undefined
  }
  return here
}

/** Splits `a, b, 'c, d'` at the commas that are outside quotes and parentheses. */
function alternativesOf(expression: string): string[] {
  const parts: string[] = []
  let depth = 0
  let quote = ''
  let start = 0
  for (let i = 0; i < expression.length; i++) {
    const char = expression.charAt(i)
    if (quote) quote = char === quote ? '' : quote
    else if (char === "'" || char === '"') quote = char
    else if (char === '(') depth++
    else if (char === ')') depth--
    else if (char === ',' && depth === 0) {
      parts.push(expression.slice(start, i))
      start = i + 1
    }
  }
  return [...parts, expression.slice(start)].map((part) => part.trim())
}

function literalOf(text: string): unknown {
  if (/^(['"]).*\1$/.test(text)) return text.slice(1, -1)
  if (text === 'true' || text === 'false') return text === 'true'
  if (text === 'null') return null
  return text !== '' && Number.isFinite(Number(text)) ? Number(text) : undefined
}

/** What a module named by `${file(…)}` answers: a value, or a function that makes one, called as the framework calls it. */
async function called(value: unknown, root: unknown, sources: VariableSources): Promise<unknown> {
  if (typeof value !== 'function') return value
  return (value as (context: unknown) => unknown)({
    options: { ...sources.options, stage: sources.stage },
    resolveVariable: (alternative: string) => readAlternative(root, alternative, sources),
  })
}

async function readFileVariable(
  root: unknown,
  file: string,
  address: string,
  sources: VariableSources,
): Promise<unknown> {
  const path = resolvePath(sources.directory, file)
  if (!/\.[cm]?js$/.test(path)) return at(parseTemplate(await readFile(path, 'utf8'), file), address)
  const module: unknown = await import(/* @vite-ignore */ pathToFileURL(path).href)
  const exported = await called(at(module, 'default') ?? module, root, sources)
  return called(at(exported, address), root, sources)
}

function readVariable(root: unknown, type: string, address: string, sources: VariableSources): unknown {
  switch (type) {
    case 'sls':
      return address === 'stage' ? sources.stage : undefined
    case 'self':
      return address === 'provider.stage' ? sources.stage : at(root, address)
    case 'param':
      return at(root, `params.${sources.stage}.${address}`) ?? at(root, `params.default.${address}`)
    case 'opt':
      return address === 'stage' ? sources.stage : sources.options[address]
    case 'env':
      return sources.env[address]
    case 'aws':
      return address === 'accountId' ? sources.accountId : undefined
    default:
      throw new Error(`serverless.yml: the twin knows no variable source "${type}"`)
  }
}

/** One alternative of an expression: `self:a.b`, `file(./x.yml):a`, `strToBool(x)`, or a literal. `undefined`: has no value. */
async function readAlternative(root: unknown, alternative: string, sources: VariableSources): Promise<unknown> {
  const call = /^(\w+)\((.*)\)(?::(.*))?$/.exec(alternative)
  if (call?.[1] === 'file') return readFileVariable(root, (call[2] ?? '').trim(), call[3] ?? '', sources)
  if (call?.[1] === 'strToBool') return /^['"]?(true|1)['"]?$/i.test(call[2] ?? '')
  const plain = /^(\w+):(.*)$/.exec(alternative)
  if (!plain) return literalOf(alternative)
  return readVariable(root, plain[1] ?? '', plain[2] ?? '', sources) ?? undefined
}

/**
 * Replaces every `${…}` of the Serverless Framework in `root` by its value.
 * Throws where one has no value and no fallback, or where a source is not one of `sls self param opt env file aws strToBool`.
 */
export async function resolveVariables(root: unknown, sources: VariableSources): Promise<unknown> {
  const valueOfExpression = async (expression: string): Promise<unknown> => {
    for (const alternative of alternativesOf(expression)) {
      const value = await readAlternative(root, alternative, sources)
      if (value !== undefined) return value
    }
    throw new Error(`serverless.yml: \${${expression}} has no value`)
  }

  const inText = async (text: string, depth: number): Promise<unknown> => {
    const match = VARIABLE.exec(text)
    if (!match) return text
    if (depth > MAX_DEPTH) throw new Error(`serverless.yml: \${${match[1]}} refers to itself`)
    const value = await walk(await valueOfExpression(match[1] ?? ''), depth + 1)
    if (match[0] === text) return value
    const whole = text.slice(0, match.index) + String(value) + text.slice(match.index + match[0].length)
    return inText(whole, depth + 1)
  }

  const walk = async (node: unknown, depth: number): Promise<unknown> => {
    if (typeof node === 'string') return inText(node, depth)
    if (Array.isArray(node)) return Promise.all(node.map((entry) => walk(entry, depth)))
    if (!isTree(node)) return node
    const entries = Object.entries(node).map(async ([key, entry]) => [key, await walk(entry, depth)] as const)
    return Object.fromEntries(await Promise.all(entries))
  }
  return walk(root, 0)
}
