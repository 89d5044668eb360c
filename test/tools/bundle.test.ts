import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { bundle } from '../../tools/esbuild/bundle.ts'
import { readDeployment } from '../../tools/esbuild/read-deployment.ts'

const ROOT_OF_A_LAMBDA = `
  import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
  import configFile from '../stagedoor.config.ts'
  const client = new DynamoDBClient({ region: 'eu-west-1' })
  export const handler = async (event) => {
    if (event === 'credentials') return client.config.credentials()
    if (event === 'ivs') return (await import('@aws-sdk/client-ivs-realtime')).IVSRealTimeClient.name !== undefined
    return configFile({ deployment: 'whatever' }).allowedOrigins
  }`
const CONFIG = `
  import { hostname } from 'node:os'
  export default ({ deployment }) => ({
    issuers: [{
      issuer: 'https://login.' + deployment + '.example.com/', audience: 'app',
      jwksUri: 'https://login.example.com/jwks.json', algorithms: ['RS256'],
      ...(hostname() === '' && { userIdPrefix: 'x' }),
    }],
    allowedOrigins: [deployment === 'prod' ? 'https://app.example.com' : 'http://localhost:5173'],
  })`

let root: string
let text: string
let inputs: string[]
let handler: (event: string) => Promise<unknown>

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'stagedoor-bundle-'))
  await mkdir(join(root, 'functions'))
  await symlink(join(import.meta.dirname, '../../node_modules'), join(root, 'node_modules'), 'junction')
  await writeFile(join(root, 'package.json'), '{ "type": "module" }')
  await writeFile(join(root, 'functions/join.ts'), ROOT_OF_A_LAMBDA)
  await writeFile(join(root, 'stagedoor.config.ts'), CONFIG)
  const config = await readDeployment(root, 'prod')
  await mkdir(join(root, 'dist/join'), { recursive: true })
  await writeFile(join(root, 'dist/join/left-over.mjs'), '')
  const metafile = await bundle({ name: 'join', config, root, outdir: join(root, 'dist') })
  inputs = Object.keys(metafile.inputs)
  const files = await readdir(join(root, 'dist/join'))
  text = (await Promise.all(files.map((file) => readFile(join(root, 'dist/join', file), 'utf8')))).join('\n')
  handler = (await import(pathToFileURL(join(root, 'dist/join/index.mjs')).href)).handler
})
afterAll(() => rm(root, { recursive: true, force: true }))

describe('the configuration', () => {
  it('is refused with everything that is wrong with it', async () => {
    const wrong = await mkdtemp(join(tmpdir(), 'stagedoor-config-'))
    await writeFile(join(wrong, 'package.json'), '{ "type": "module" }')
    await writeFile(join(wrong, 'stagedoor.config.ts'), "export default () => ({ issuers: [], tokenMode: 'magic' })")
    await expect(readDeployment(wrong, 'prod')).rejects.toThrow(/"prod":\n {2}- issuers.*\n {2}- tokenMode/)
    await rm(wrong, { recursive: true })
  })

  it.each([
    ['what is no TypeScript', 'export default () => ({\n  issuers []\n})', 2, /error/i],
    [
      'a name that is not there',
      'const a = 1\n\nexport default defineConfig(() => a)',
      3,
      /defineConfig is not defined/,
    ],
    ['what fails when it is asked', 'export default () => ({\n  issuers: nobody,\n})', 2, /nobody is not defined/],
    ['no default export', 'export const config = 1', undefined, /must export .* as its default/],
  ])('is refused for %s, with the place', async (_, source, line, message) => {
    const wrong = await mkdtemp(join(tmpdir(), 'stagedoor-config-'))
    await writeFile(join(wrong, 'package.json'), '{ "type": "module" }')
    await writeFile(join(wrong, 'stagedoor.config.ts'), source)
    const told = await readDeployment(wrong, 'prod').catch((error: Error) => error.message)
    expect(told).toMatch(message)
    expect(told).toMatch(line === undefined ? /^stagedoor\.config\.ts: / : `stagedoor.config.ts:${line}: `)
    await rm(wrong, { recursive: true })
  })
})

describe("a Lambda's bundle", () => {
  it('holds the configuration of its own deployment stage only, and not the file that made it', async () => {
    expect(await handler('config')).toEqual(['https://app.example.com'])
    expect(text.includes('localhost:5173')).toBe(false)
    expect(text.includes('hostname()')).toBe(false)
  })

  it('takes its credentials from the environment, and only from there', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE')
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'example')
    vi.stubEnv('AWS_SESSION_TOKEN', 'session')
    expect(await handler('credentials')).toMatchObject({
      accessKeyId: 'AKIDEXAMPLE',
      secretAccessKey: 'example',
      sessionToken: 'session',
    })
    expect(
      inputs.filter((input) => /node_modules.*\/(credential-provider|token-providers|nested-clients)/.test(input)),
    ).toEqual([])
  })

  it('imports no module of Node’s, which would load everything that it exports', () => {
    expect(text.match(/(?:from|import)\s*\(?["'](?!\.\/)[^"']*["']/g)).toBeNull()
  })

  it('keeps a client that is imported when needed in a chunk of its own', async () => {
    const entry = await readFile(join(root, 'dist/join/index.mjs'), 'utf8')
    expect(entry.includes('CreateStage')).toBe(false)
    expect(text.includes('CreateStage')).toBe(true)
    expect(await handler('ivs')).toBe(true)
  })

  it('loads two files at its start, however many chunks share its code', async () => {
    const staticImports = (file: string): string[] =>
      [...readFileSync(join(root, 'dist/join', file), 'utf8').matchAll(/(?:from|import)"\.\/([\w.-]+)";/g)].map(
        ([, name = '']) => name,
      )
    expect(new Set(staticImports('index.mjs'))).toEqual(new Set(['shared.mjs']))
    expect(staticImports('shared.mjs')).toEqual([])
  })

  it('leaves nothing of an earlier build behind', async () => {
    expect(await readdir(join(root, 'dist/join'))).not.toContain('left-over.mjs')
  })
})
