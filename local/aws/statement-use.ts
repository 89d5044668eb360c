import type { FunctionDefinition, Statement } from '../deployment/deployment.ts'
import { judge, matches, unknownOperators, type Verdict } from './judge.ts'
import type { AwsCall } from './service.ts'

/** How often one statement of a function's role decided for a call. What stays at 0 is a right nobody needs. */
export interface StatementUse {
  readonly function: string
  readonly sid?: string
  readonly effect: Statement['effect']
  readonly actions: readonly string[]
  /** Of `actions`, those that were called. */
  readonly usedActions: readonly string[]
  readonly resources: readonly string[]
  readonly used: number
}

export interface Roles {
  /** Judges a call by the function's role and counts the statements that allowed it. */
  judge(functionName: string, call: AwsCall): Verdict
  uses(): readonly StatementUse[]
}

/** The packaged roles of all functions. Throws where one uses a condition operator that cannot be judged here. */
export function createRoles(functions: readonly FunctionDefinition[]): Roles {
  const unknown = functions.flatMap(({ statements }) => unknownOperators(statements))
  if (unknown.length > 0) throw new Error(`serverless.yml: the twin cannot judge the condition ${unknown.join(', ')}`)
  const byFunction = new Map(functions.map(({ name, statements }) => [name, statements]))
  const counts = new Map<Statement, { used: number; actions: Set<string> }>()
  return {
    judge: (functionName, call) => {
      const verdict = judge(byFunction.get(functionName) ?? [], call)
      for (const statement of verdict.statements) {
        const count = counts.get(statement) ?? { used: 0, actions: new Set() }
        count.used += 1
        for (const action of call.actions) {
          for (const pattern of statement.actions) if (matches(pattern, action, true)) count.actions.add(pattern)
        }
        counts.set(statement, count)
      }
      return verdict
    },
    uses: () =>
      functions.flatMap(({ name, statements }) =>
        statements.map((statement) => ({
          function: name,
          ...(statement.sid === undefined ? {} : { sid: statement.sid }),
          effect: statement.effect,
          actions: statement.actions,
          usedActions: [...(counts.get(statement)?.actions ?? [])],
          resources: statement.resources,
          used: counts.get(statement)?.used ?? 0,
        })),
      ),
  }
}
