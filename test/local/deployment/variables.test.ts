// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is what serverless.yml holds
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { resolveVariables } from '../../../local/deployment/variables.ts'

let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'variables-'))
  writeFileSync(join(directory, 'more.yml'), 'a: { b: [1, two] }\nstage: ${sls:stage}\nref: !Ref Table\n')
  writeFileSync(
    join(directory, 'made.cjs'),
    'module.exports = async ({ resolveVariable }) => ({ stage: await resolveVariable("sls:stage"), f: () => 3 })',
  )
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const root = {
  service: 'svc',
  params: { default: { a: 'default-a', b: 'default-b', nested: '${param:a}' }, local: { a: 'local-a' } },
  custom: { list: [1, 2], tree: { leaf: true }, loop: '${self:custom.loop}', name: 'x-${sls:stage}' },
  provider: { stage: 'dev' },
}

const resolve = async (value: string): Promise<unknown> => {
  const sources = {
    stage: 'local',
    accountId: '123456789012',
    env: { HERE: 'here', EMPTY: '' },
    options: {},
    directory,
  }
  const resolved = (await resolveVariables({ ...root, custom: { ...root.custom, loop: 0 }, value }, sources)) as {
    value: unknown
  }
  return resolved.value
}

describe('resolveVariables', () => {
  it.each<[string, string, unknown]>([
    ['the stage', '${sls:stage}', 'local'],
    ['the provider’s stage is the one deployed', '${self:provider.stage}', 'local'],
    ['inside text', 'a-${sls:stage}-b', 'a-local-b'],
    ['several', '${self:service}/${sls:stage}', 'svc/local'],
    ['keeps its type', '${self:custom.tree.leaf}', true],
    ['a whole list', '${self:custom.list}', [1, 2]],
    ['an index', '${self:custom.list.1}', 2],
    ['a variable in a variable’s value', '${self:custom.name}', 'x-local'],
    ['a variable in an address', '${self:custom.${self:custom.none, "name"}}', 'x-local'],
    ['a parameter of the stage', '${param:a}', 'local-a'],
    ['a parameter by default', '${param:b}', 'default-b'],
    ['a parameter made of another', '${param:nested}', 'local-a'],
    ['the environment', '${env:HERE}', 'here'],
    ['an empty environment variable is a value', '${env:EMPTY, "other"}', ''],
    ['a fallback', "${env:NOT_HERE, 'other'}", 'other'],
    ['a fallback that is a variable', '${env:NOT_HERE, self:service}', 'svc'],
    ['a third fallback', "${opt:region, env:NOT_HERE, 'us-east-1'}", 'us-east-1'],
    ['a comma in quotes', "${env:NOT_HERE, 'a, b'}", 'a, b'],
    ['a fallback that is false', '${env:NOT_HERE, false}', false],
    ['a fallback that is null', '${env:NOT_HERE, null}', null],
    ['the account', '${aws:accountId}', '123456789012'],
    ['a file', '${file(./more.yml):a.b.1}', 'two'],
    [
      'a whole file, its own variables resolved',
      '${file(./more.yml)}',
      { a: { b: [1, 'two'] }, stage: 'local', ref: { Ref: 'Table' } },
    ],
    ['a module', '${file(./made.cjs):stage}', 'local'],
    ['a module’s function', '${file(./made.cjs):f}', 3],
    ['a boolean from text', "${strToBool('true')}", true],
    ['CloudFormation’s own', '${AWS::Region} and ${Table.Arn}', '${AWS::Region} and ${Table.Arn}'],
  ])('%s', async (_, text, expected) => {
    expect(await resolve(text)).toEqual(expected)
  })

  it.each([
    ['has no value', '${env:NOT_HERE}', 'serverless.yml: ${env:NOT_HERE} has no value'],
    ['has a source nobody knows', '${ssm:/x}', 'the twin knows no variable source "ssm"'],
  ])('says which variable %s', async (_, text, message) => {
    await expect(resolve(text)).rejects.toThrow(message)
  })

  it('stops at one that refers to itself', async () => {
    const sources = { stage: 'local', accountId: '1', env: {}, options: {}, directory }
    await expect(resolveVariables(root, sources)).rejects.toThrow('${self:custom.loop} refers to itself')
  })
})
