import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

/** Every bench once, in its short mode: that they still run is all this says. */
for (const name of ['join', 'cold', 'scale', 'events', 'crowd', 'cost']) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, `${name}.ts`), '--short'], {
    encoding: 'utf8',
    timeout: 120_000,
  })
  process.stdout.write(`bench:${name} --short ${status === 0 ? 'ran' : `failed\n${stdout}${stderr}`}\n`)
  if (status !== 0) process.exitCode = 1
}
