import type { Metafile } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { type Bundle, bundleFaults } from '../../tools/bundle-faults.ts'

function bundle(name: string, inputs: readonly string[], rights: readonly string[] = []): Bundle {
  const root = `functions/${name}.ts`
  const imports = inputs.map((path) => ({ path, kind: 'import-statement' as const }))
  const metafile: Metafile = {
    inputs: Object.fromEntries([
      [root, { bytes: 1, imports }],
      ...inputs.map((path) => [path, { bytes: 1, imports: [] }]),
    ]),
    outputs: {},
  }
  return { name, metafile, rights }
}

/** `inputs` of its own, and `hidden` reached through them. */
function withHidden(base: Bundle, hidden: string): Bundle {
  const inputs = { ...base.metafile.inputs, [hidden]: { bytes: 1, imports: [] } }
  return { ...base, metafile: { ...base.metafile, inputs } }
}

const join = bundle(
  'join',
  ['lib/join/join.handler.ts', 'lib/join/join.ts', 'lib/participant/admit.ts'],
  ['dynamodb:UpdateItem'],
)
const leave = bundle('leave', ['lib/leave/leave.handler.ts', 'lib/leave/leave.ts', 'lib/participant/admit.ts'])

describe('what may not be in a bundle', () => {
  it.each([
    ["another function's root", 'functions/leave.ts'],
    ["another function's handler", 'lib/leave/leave.handler.ts'],
    ["another function's use case", 'lib/leave/leave.ts'],
    ["another function's schema", 'lib/leave/leave.schema.ts'],
    ['a handler that no root names', 'lib/stage/read-stage.handler.ts'],
    ["another function's contract", 'lib/meta/meta.contract.ts'],
    ['the local stack', 'local/serve.ts'],
    ['test code', 'test/support/stage.ts'],
    ['a tool', 'tools/keys.ts'],
    ['a client without a right', 'node_modules/@aws-sdk/client-sqs/dist-es/SQSClient.js'],
    ['a client nobody uses', 'node_modules/@aws-sdk/client-iam/dist-es/IAMClient.js'],
  ])('%s', (_label, hidden) => {
    expect(bundleFaults([withHidden(join, hidden), leave])).toEqual([expect.stringContaining(`join: ${hidden} is `)])
  })
})

describe('what may', () => {
  it.each([
    ['shared rules', 'lib/grant/decide-grant.ts'],
    ['a client its role has a right for', 'node_modules/@aws-sdk/client-dynamodb/dist-es/DynamoDBClient.js'],
    ['its own contract', 'lib/join/join.contract.ts'],
    ['a library', 'node_modules/jose/dist/webapi/index.js'],
    ['the deployment’s configuration', 'stagedoor.config.ts'],
  ])('%s', (_label, hidden) => {
    expect(bundleFaults([withHidden(join, hidden), leave])).toEqual([])
  })

  it('a use case whose handler two roots name', () => {
    const second = bundle('second', ['lib/join/join.handler.ts', 'lib/join/join.ts'])
    expect(bundleFaults([join, second])).toEqual([])
  })
})
