import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseOptions, UsageError } from '../../local/options.ts'
import { readyBlock } from '../../local/ready-block.ts'
import { startTwin } from '../support/twin.ts'

const parse = (args: string[], env = {}) => parseOptions(args, env, '/x')

describe('parseOptions', () => {
  it('has defaults for everything', () => {
    expect(parse([])).toEqual({
      directory: '/x',
      port: 3000,
      ivsPort: 0,
      dynamoDbPort: 0,
      bundles: false,
      quotas: false,
      assume: {},
      missingResourceDenied: true,
      env: {},
    })
  })

  it('reads every flag and variable', () => {
    const args = [
      '--data',
      'd',
      '--bundles',
      '--quotas',
      '--assume',
      'readLagMs=5',
      '--assume',
      'missingResourceDenied=false',
    ]
    expect(parse(args, { PORT: '0', IVS_PORT: '1', DYNAMODB_PORT: '2' })).toMatchObject({
      dataDirectory: 'd',
      bundles: true,
      quotas: true,
      assume: { readLagMs: 5 },
      missingResourceDenied: false,
      port: 0,
      ivsPort: 1,
      dynamoDbPort: 2,
    })
  })

  it.each<[string, string[], Record<string, string>]>([
    ['a port in words', [], { PORT: 'three' }],
    ['a port too high', [], { IVS_PORT: '65536' }],
    ['a negative port', [], { DYNAMODB_PORT: '-1' }],
    ['an unknown flag', ['--date', 'x'], {}],
    ['a flag without its value', ['--data'], {}],
    ['an empty directory', ['--data='], {}],
    ['a stray word', ['data'], {}],
    ['an unknown assumption', ['--assume', 'moon=true'], {}],
    ['a value that is none of its own', ['--assume', 'disconnectedIdRefused=maybe'], {}],
  ])('refuses %s in one line', (_, args, env) => {
    expect(() => parse(args, env)).toThrow(UsageError)
    expect(() => parse(args, env)).toThrow(/^[^\n]+$/)
  })
})

describe('a start that fails', () => {
  const directory = join(import.meta.dirname, 'fixture')

  it('says that the port is in use, and leaves nothing running', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as AddressInfo
    await expect(startTwin({ directory, port })).rejects.toThrow(
      new UsageError(`port ${port} is in use: set PORT to another one, or to 0 for any that is free`),
    )
    await new Promise((resolve) => other.close(resolve))
    const twin = await startTwin({ directory, port })
    await twin.stop()
  })

  it('says that the bundles cannot be built', async () => {
    await expect(startTwin({ directory, bundles: true })).rejects.toThrow(/^the bundles could not be built: /)
  })
})

describe('readyBlock', () => {
  const info = {
    api: 'http://127.0.0.1:1',
    ivs: 'http://127.0.0.1:2',
    dynamodb: 'http://127.0.0.1:3',
    secrets: '',
    sqs: '',
    eventbridge: '',
    issuer: '',
    jwksUri: '',
    audience: '',
    table: null,
    publicKeyArn: null,
    demoStage: 'demo',
    region: '',
    pid: 1,
  }

  it('holds a curl that can be pasted', () => {
    expect(readyBlock(info, 'LOGIN-TOKEN', 420)).toContain(
      "curl -sX POST http://127.0.0.1:1/v1/stages/demo/join -H 'Authorization: Bearer LOGIN-TOKEN'",
    )
  })

  it('leaves the login to the reader where the issuers are theirs', () => {
    expect(readyBlock(info, undefined, 420)).toContain("-H 'Authorization: Bearer LOGIN'")
  })
})
