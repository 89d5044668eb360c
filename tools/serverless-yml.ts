import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'

interface Statement {
  readonly Sid: string
  readonly Action: readonly string[]
}

interface Service {
  readonly functions: Readonly<Record<string, { readonly role: string }>>
}

interface Roles {
  readonly Resources: Readonly<
    Record<string, { readonly Properties: { readonly Policies: readonly [{ readonly PolicyDocument: Document }] } }>
  >
}

interface Document {
  readonly Statement: readonly Statement[]
}

/** Statements that Lambda itself uses; nothing in a bundle calls these operations. */
const USED_BY_LAMBDA = new Set(['WriteLogs', 'PollQueue', 'ReportFailure'])

/** Variables and CloudFormation tags stay text: what is read here holds neither. */
const read = (root: string, file: string): unknown =>
  parse(readFileSync(join(root, file), 'utf8'), { logLevel: 'error' })

/** Every Lambda's name, in the order of serverless.yml. */
export const functionNames = (root: string): string[] =>
  Object.keys((read(root, 'serverless.yml') as Service).functions)

/** The AWS operations each Lambda's own code has a right to (`dynamodb:GetItem`, …). */
export function rightsByFunction(root: string): ReadonlyMap<string, readonly string[]> {
  const { functions } = read(root, 'serverless.yml') as Service
  const roles = read(root, 'resources/roles.yml') as Roles
  return new Map(
    Object.entries(functions).map(([name, { role }]) => {
      const statements = roles.Resources[role]?.Properties.Policies[0].PolicyDocument.Statement ?? []
      return [name, statements.filter(({ Sid }) => !USED_BY_LAMBDA.has(Sid)).flatMap(({ Action }) => Action)]
    }),
  )
}
