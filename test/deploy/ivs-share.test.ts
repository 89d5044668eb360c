import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')
/** Whatever is deployed, without line breaks that say nothing. */
const sources = globSync(['functions/*.ts', 'lib/**/*.ts'], { cwd: root }).map((path) => ({
  path,
  text: readFileSync(join(root, path), 'utf8').replace(/\s+/g, ' ').replace('function createIvsClient()', ''),
}))
const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0

it('every client for IVS takes places in our share of the quota, but that which makes tokens', () => {
  const made = sources.filter(({ text }) => text.includes('createIvsClient()'))
  const unmetered = made.flatMap(({ path, text }) => {
    const all = count(text, /createIvsClient\(\)/g)
    const metered = count(text, /metered(?:By)?\( ?createIvsClient\(\)/g)
    return all === metered ? [] : [`${path}: ${all - metered}`]
  })
  expect(made.length).toBeGreaterThan(5)
  expect(unmetered).toEqual(['lib/lambda/on-demand.ts: 1'])
  const onDemand = sources.find(({ path }) => path === 'lib/lambda/on-demand.ts')?.text ?? ''
  expect(count(onDemand, /ivsClient\(\)/g)).toBe(1)
  expect(onDemand).toMatch(/createTokenVendor\(\{ client: await ivsClient\(\) \}\)/)
})

it('no client for IVS is made another way', () => {
  const makers = sources.filter(({ text }) => text.includes('new IVSRealTimeClient('))
  expect(makers.map(({ path }) => path)).toEqual(['lib/ivs/ivs-client.ivs.ts'])
})
