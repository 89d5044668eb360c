import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { LocalInfo } from '../../local/control/control.ts'
import { until } from '../support/until.ts'

const serve = join(import.meta.dirname, '../../local/serve.ts')
const stops: (() => void)[] = []
afterEach(() => {
  for (const stop of stops.splice(0)) stop()
})

/** `npm start` without npm. */
function start(args: readonly string[], env: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, [serve, ...args], { env: { PATH: process.env.PATH, ...env } })
  stops.push(() => child.kill('SIGKILL'))
  const said = { out: '', err: '' }
  child.stdout.on('data', (chunk) => {
    said.out += chunk
  })
  child.stderr.on('data', (chunk) => {
    said.err += chunk
  })
  const exit = once(child, 'exit').then(([code]) => code as number | null)
  return { child, said, exit }
}

describe('npm start', () => {
  it('is ready with a curl that joins, and ends at Ctrl-C', async () => {
    const { child, said, exit } = start([], { PORT: '0' })
    await until(() => said.out.includes('Ctrl-C ends it.'))
    const [, url = '', login = ''] = /curl -sX POST (\S+) -H 'Authorization: Bearer (\S+)'/.exec(said.out) ?? []
    const joined = await fetch(url, { method: 'POST', headers: { authorization: `Bearer ${login}` } })
    expect(joined.status).toBe(201)
    const { token, participantId } = (await joined.json()) as { token: string; participantId: string }

    const control = new URL('/_local', url).href
    const play = async (given: string) => {
      const response = await fetch(`${control}/stage/join`, { method: 'POST', body: JSON.stringify({ token: given }) })
      return [response.status, await response.json()] as const
    }
    expect(await play(token)).toEqual([200, expect.objectContaining({ participantId, sessionId: expect.any(String) })])
    const [head, , signature] = token.split('.')
    const forged = Buffer.from(JSON.stringify({ capabilities: { allow_publish: true } })).toString('base64url')
    const [status, refusal] = await play(`${head}.${forged}.${signature}`)
    expect(status).toBeGreaterThanOrEqual(400)
    expect(refusal).toMatchObject({ code: expect.stringMatching(/^TOKEN_INVALID/) })

    const info = (await (await fetch(control)).json()) as LocalInfo
    expect(info).toMatchObject({ api: new URL(url).origin, demoStage: 'demo', pid: child.pid, audience: 'stagedoor' })
    child.kill('SIGINT')
    expect(await exit).toBe(0)
  })

  it('says in one line that its port is in use', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    stops.push(() => other.close())
    const { port } = other.address() as AddressInfo
    const { said, exit } = start([], { PORT: String(port) })
    expect(await exit).toBe(1)
    expect(said).toEqual({
      out: '',
      err: `stagedoor: port ${port} is in use: set PORT to another one, or to 0 for any that is free\n`,
    })
  })

  it.each([
    [['--what'], {}, /^stagedoor: .*--what.*\n$/],
    [[], { PORT: 'x' }, /^stagedoor: PORT is not a port.*\n$/],
  ])('says in one line what is wrong with %j %j', async (args, env, message) => {
    const { said, exit } = start(args, env)
    expect(await exit).toBe(1)
    expect(said.err).toMatch(message)
  })
})
