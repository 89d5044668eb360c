import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Metafile } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Contender, startContender } from '../../bench/contender/start.ts'
import { type StandIn, startStandIn } from '../../bench/stand-in/start.ts'
import { makeWorld, type World } from '../../bench/world.ts'
import { budgetFaults, sizesOf } from '../../tools/bundle-budget.ts'
import { bundle } from '../../tools/esbuild/bundle.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
/** An item under 1 KB costs one write unit; a request of two kilobytes is two packets. */
const MAX_REQUEST_BYTES = 2_000

let outdir: string
let metafile: Metafile
let standIn: StandIn
let world: World
const started: Contender[] = []

const start = async (env: Readonly<Record<string, string>> = {}): Promise<Contender> => {
  const contender = await startContender('join', join(outdir, 'join/index.mjs'), {
    ...world,
    env: { ...world.env, ...env },
  })
  started.push(contender)
  return contender
}

beforeAll(async () => {
  outdir = await mkdtemp(join(tmpdir(), 'stagedoor-join-'))
  standIn = await startStandIn()
  world = await makeWorld(standIn, 8)
  metafile = await bundle({ name: 'join', config: world.config, root, outdir })
})
afterAll(async () => {
  for (const contender of started) contender.stop()
  standIn.stop()
  await rm(outdir, { recursive: true })
})

const joins = (count: number) => ({ from: 0, count, concurrency: 1 })
const operations = async (): Promise<Record<string, number>> =>
  Object.fromEntries(Object.entries(await standIn.calls()).map(([name, { calls }]) => [name.split('.').at(-1), calls]))

describe('the built join', () => {
  it('is within its budget and starts with nothing that it may never need', async () => {
    const sizes = sizesOf('join', metafile, (path) => readFileSync(join(root, path)))
    expect(budgetFaults('join', metafile, sizes)).toEqual([])
  })

  it('asks each service once at its start, and then one write a join is all', async () => {
    await standIn.calls()
    const contender = await start()
    await contender.run(joins(1))
    expect(await operations()).toEqual({ GetKeySet: 1, GetSecretValue: 1, GetItem: 1, UpdateItem: 1 })
    await contender.run(joins(5))
    const { 'DynamoDB_20120810.UpdateItem': writes, ...others } = await standIn.calls()
    expect(others).toEqual({})
    expect(writes?.calls).toBe(5)
    expect((writes?.bytesIn ?? 0) / 5).toBeLessThan(MAX_REQUEST_BYTES)
  })

  it('checks the whole configuration where the environment replaces a part of it', async () => {
    await expect(start({ AUTH_ISSUERS: '[{"issuer":"x"}]' })).rejects.toThrow('ended with code 1')
    const issuers = JSON.stringify(world.config.issuers)
    expect(await (await start({ AUTH_ISSUERS: issuers })).run(joins(1))).toMatchObject({ failed: 0 })
  })
})
