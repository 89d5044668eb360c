import { randomBytes } from 'node:crypto'
import { resolve } from 'node:path'
import { parseOptions } from './options.ts'
import { readyBlock } from './ready-block.ts'
import { startTwin } from './twin.ts'

/** `npm start`: one ready block, the functions' own lines after it, Ctrl-C ends it; what goes wrong at the start is one line. */
async function main(): Promise<void> {
  const directory = resolve(import.meta.dirname, '..')
  const options = parseOptions(process.argv.slice(2), process.env, directory)
  const write = (source: string, line: string): void => {
    process.stderr.write(`${source}: ${line}\n`)
  }
  const twin = await startTwin(options, write)
  const stop = (): void => {
    void twin.stop().then(() => process.exit(0))
  }
  process.once('SIGINT', stop).once('SIGTERM', stop)
  const sub = `user-${randomBytes(3).toString('hex')}`
  const login = options.env.AUTH_ISSUERS === undefined ? await twin.issuer.login({ sub }) : undefined
  process.stdout.write(`${readyBlock(twin.info, login, performance.now())}\n`)
  // What dies here has said so in its own log.
  await twin.load().catch(() => undefined)
}

main().catch((error: unknown) => {
  process.stderr.write(`stagedoor: ${error instanceof Error ? error.message : 'could not start'}\n`)
  process.exit(1)
})
