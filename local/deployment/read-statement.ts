import type { PolicyStatement, Statement } from './deployment.ts'
import { isTree, type Tree, textAt, textsAt, treeAt } from './tree.ts'

function refuseParts(node: Tree, parts: readonly string[]): void {
  for (const part of parts) {
    if (node[part] !== undefined) throw new Error(`serverless.yml: the twin does not judge ${part} there`)
  }
}

function partsOf(node: Tree): Statement {
  const sid = node.Sid
  const conditions = Object.entries(treeAt(node.Condition, 'Condition')).map(([operator, keys]) => {
    const accepted = Object.entries(treeAt(keys, operator)).map(([key, values]) => [key, textsAt(values, key)])
    return [operator, Object.fromEntries(accepted)]
  })
  return {
    ...(sid === undefined ? {} : { sid: textAt(sid, 'Sid') }),
    effect: node.Effect === 'Deny' ? 'Deny' : 'Allow',
    actions: textsAt(node.Action, 'Action'),
    resources: textsAt(node.Resource, 'Resource'),
    conditions: Object.fromEntries(conditions),
  }
}

const principalsOf = (node: unknown): readonly string[] =>
  isTree(node)
    ? Object.entries(node).flatMap(([kind, who]) => textsAt(who, `Principal.${kind}`))
    : textsAt(node, 'Principal')

/** A statement of a role. Throws where it has parts that nothing here judges. */
export function statementOf(node: Tree): Statement {
  refuseParts(node, ['NotAction', 'NotResource', 'Principal', 'NotPrincipal'])
  return partsOf(node)
}

/** A statement of a queue's policy. Throws where it has parts that nothing here judges. */
export function policyStatementOf(node: Tree): PolicyStatement {
  refuseParts(node, ['NotAction', 'NotResource', 'NotPrincipal'])
  return { ...partsOf(node), principals: principalsOf(node.Principal) }
}
