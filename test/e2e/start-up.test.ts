import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { describe, expect, inject, it } from 'vitest'
import { readDeployment } from '../../local/deployment/read-deployment.ts'
import { againstBundles } from '../support/app.ts'
import { createLoginKey, inlineIssuer, marker } from '../support/logins.ts'

const root = join(import.meta.dirname, '../..')
const issuer = inlineIssuer(createLoginKey())
/** A value that no message may repeat. */
const PRIVATE = marker('private')

/** What `serverless.yml` gives each function, and Lambda all of them. */
const { functions } = await readDeployment({
  directory: root,
  stage: 'local',
  accountId: '123456789012',
  env: {},
  queueUrlOf: (name) => `http://127.0.0.1:9/${name}`,
})
const settingsOf = (name: string): Readonly<Record<string, string>> => ({
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'AKIALOCAL',
  AWS_SECRET_ACCESS_KEY: 'local',
  AUTH_ISSUERS: JSON.stringify([issuer]),
  ...functions.find((one) => one.name === name)?.environment,
})
/** Settings that are required of every function that has them. */
const needed = functions.map(({ name, environment }) => ({
  name,
  settings: Object.keys(environment).filter((setting) => /^TABLE_NAME$|_URL$/.test(setting)),
}))

/** Loads a function as Lambda does, with this environment and no other. Answers what it died of, or nothing. */
async function failureOf(name: string, env: Readonly<Record<string, string>>): Promise<string | undefined> {
  const path = againstBundles ? join(inject('bundles'), name, 'index.mjs') : join(root, 'functions', `${name}.ts`)
  const worker = new Worker(pathToFileURL(path), { env: { ...env }, execArgv: [], stdout: true, stderr: true })
  let failure: string | undefined
  worker.on('error', (error: unknown) => {
    failure = error instanceof Error ? error.message : String(error)
  })
  await once(worker, 'exit').catch(() => undefined)
  return failure
}

const linesOf = (failure: string | undefined): readonly string[] =>
  (failure ?? '').split('\n').filter((line) => line.startsWith('  - '))

describe('a function', () => {
  it.each(functions)('$name starts with its settings', async ({ name }) => {
    expect(await failureOf(name, settingsOf(name))).toBeUndefined()
  })

  it.each(needed.filter(({ settings }) => settings.length > 0))(
    '$name does not start without $settings, and names each',
    async ({ name, settings }) => {
      const empty = Object.fromEntries(settings.map((setting) => [setting, ' ']))
      const failure = await failureOf(name, { ...settingsOf(name), ...empty })
      expect(failure).toMatch(/^Stagedoor cannot start:\n/)
      const named = linesOf(failure).map((line) => /^ {2}- (\w+): /.exec(line)?.[1])
      expect(named.sort()).toEqual([...settings].sort())
    },
  )

  it('says everything that is wrong at once, and repeats nothing of it', async () => {
    const env = {
      ...settingsOf('join'),
      TABLE_NAME: '',
      TOKEN_MODE: PRIVATE,
      ALLOWED_ORIGINS: `ftp://${PRIVATE}`,
      AUTH_ISSUERS: JSON.stringify([
        { ...issuer, audience: 7, unknown: PRIVATE },
        {
          issuer: 'https://b.example.com/',
          audience: 'x',
          jwksUri: `http://${PRIVATE}.example.com/`,
          userIdPrefix: 'b:',
        },
      ]),
    }
    const failure = await failureOf('join', env)
    const lines = linesOf(failure)
    for (const named of [
      'TABLE_NAME',
      'TOKEN_MODE',
      'ALLOWED_ORIGINS[0]',
      'AUTH_ISSUERS[0].audience',
      'AUTH_ISSUERS[1].jwksUri',
    ])
      expect(
        lines.filter((line) => line.startsWith(`  - ${named}: `)),
        named,
      ).toHaveLength(1)
    expect(failure).not.toContain(PRIVATE)
    expect(failure).not.toContain(PRIVATE.toLowerCase())
  })

  it.each([
    ['no JSON', '[{'],
    ['no list', '{}'],
    ['an empty list', '[]'],
    ['a name twice', `[{"issuer":"${PRIVATE}","issuer":"x"}]`],
    ['no key set', JSON.stringify([{ issuer: 'https://a.example.com/', audience: 'x' }])],
    ['an HMAC algorithm for public keys', JSON.stringify([{ ...issuer, algorithms: ['HS256'] }])],
    ['no algorithm at all', JSON.stringify([{ ...issuer, algorithms: ['none'] }])],
    ['two issuers without prefixes', JSON.stringify([issuer, { ...issuer, issuer: 'https://b.example.com/' }])],
  ])('does not start with issuers that are %s', async (_, AUTH_ISSUERS) => {
    const failure = await failureOf('join', { ...settingsOf('join'), AUTH_ISSUERS })
    expect(linesOf(failure).length).toBeGreaterThan(0)
    for (const line of linesOf(failure)) expect(line).toContain('AUTH_ISSUERS')
    expect(failure).not.toContain(PRIVATE)
  })

  it('does not start to sign without the name of its key', async () => {
    const failure = await failureOf('join', { ...settingsOf('join'), SIGNING_SECRET_ID: '', TOKEN_MODE: 'key-pair' })
    expect(linesOf(failure)).toEqual([expect.stringContaining('SIGNING_SECRET_ID')])
  })
})

/** `npm start`, without npm. */
async function npmStart(env: Readonly<Record<string, string>>, args: readonly string[] = []) {
  const flags = againstBundles ? ['--bundles', ...args] : args
  const child = spawn(process.execPath, [join(root, 'local/serve.ts'), ...flags], {
    env: { PATH: process.env.PATH, PORT: '0', ...env },
  })
  const said = { out: '', err: '' }
  child.stdout.on('data', (chunk: Buffer) => {
    said.out += chunk.toString()
    // It should not have come so far.
    if (said.out.includes('Ctrl-C')) child.kill('SIGKILL')
  })
  child.stderr.on('data', (chunk: Buffer) => {
    said.err += chunk.toString()
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, ...said }
}

describe('npm start', () => {
  it('with issuers that no function takes: ends, and says which of them', async () => {
    const AUTH_ISSUERS = JSON.stringify([{ issuer: `https://${PRIVATE}.example.com/`, audience: 'x' }])
    const { code, err } = await npmStart({ AUTH_ISSUERS })
    expect(code).toBe(1)
    expect(err).toMatch(/AUTH_ISSUERS\[0\]/)
    expect(err).not.toContain(PRIVATE)
    expect(err).not.toMatch(/\n\s+at /)
  }, 60_000)

  it('with its port taken: ends, in one line', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as AddressInfo
    const { code, out, err } = await npmStart({ PORT: String(port) })
    await new Promise((resolve) => other.close(resolve))
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toMatch(new RegExp(`^stagedoor: port ${port} is in use.*\n$`))
  }, 60_000)
})
