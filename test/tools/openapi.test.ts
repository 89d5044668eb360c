import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')
const run = promisify(execFile)
const openapi = (...args: string[]) => run(process.execPath, ['tools/openapi.ts', ...args], { cwd: root })
let directory: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'stagedoor-openapi-'))
})
afterAll(() => rm(directory, { recursive: true }))

describe('tools/openapi.ts', () => {
  it('finds the committed document in sync with the schemas', async () => {
    await expect(openapi('--check')).resolves.toMatchObject({ stderr: '' })
  })

  it('writes what its check then takes, and the check fails on anything else', async () => {
    const file = join(directory, 'openapi.json')
    await openapi('--file', file)
    await openapi('--check', '--file', file)
    await writeFile(file, (await readFile(file, 'utf8')).replace('Join a stage', 'Join the stage'))
    await expect(openapi('--check', '--file', file)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('npm run openapi'),
    })
  })

  it('writes a document that redocly lints', async () => {
    const cli = join(root, 'node_modules/@redocly/cli/bin/cli.js')
    const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' }
    const { stderr } = await run(process.execPath, [cli, 'lint', 'docs/openapi.json'], { cwd: root, env })
    expect(stderr).toContain('Your API description is valid')
    expect(stderr).not.toContain('warning')
  }, 30_000)
})
