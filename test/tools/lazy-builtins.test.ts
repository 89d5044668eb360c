import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lazyBuiltins } from '../../tools/esbuild/lazy-builtins.ts'

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'stagedoor-builtins-'))
})
afterAll(() => rm(root, { recursive: true, force: true }))

/** What a module exports once it is bundled, and what its loading read of Node's modules. */
async function loaded(name: string, source: string) {
  const [entry, outfile] = [join(root, `${name}.js`), join(root, `${name}.mjs`)]
  await writeFile(entry, source)
  const options = { bundle: true, minify: true, platform: 'node', format: 'esm', logLevel: 'silent' } as const
  const banner = { js: "const require=process.getBuiltinModule('node:module').createRequire(import.meta.url);" }
  await build({ ...options, entryPoints: [entry], outfile, banner, plugins: [lazyBuiltins()] })
  const reads: string[] = []
  const original = process.getBuiltinModule
  process.getBuiltinModule = ((id: string) =>
    new Proxy(original(id) as object, {
      get(target, property) {
        // What the banner needs is not the plugin's.
        if (id !== 'node:module') reads.push(`${id} ${String(property)}`)
        return Reflect.get(target, property)
      },
    })) as typeof original
  try {
    return { module: await import(pathToFileURL(outfile).href), reads }
  } finally {
    process.getBuiltinModule = original
  }
}

describe('a module of Node’s, in a bundle', () => {
  it('is read for what is imported of it, and for nothing else', async () => {
    const { module, reads } = await loaded(
      'named',
      `import { createHash } from 'node:crypto'
       import { basename as last } from 'path'
       export const hash = createHash('sha256').update('a').digest('hex')
       export const name = last('/a/b')`,
    )
    expect(module).toMatchObject({ name: 'b', hash: expect.stringMatching(/^ca978112/) })
    expect(reads.toSorted()).toEqual(['node:crypto createHash', 'node:path basename'])
  })

  it('is not asked for what Node makes when it is read, before that is used', async () => {
    const { module, reads } = await loaded(
      'made',
      `import { getRandomValues, randomUUID } from 'node:crypto'
       export const id = randomUUID()
       export const random = () => getRandomValues(new Uint8Array(4)).length`,
    )
    expect(reads).not.toContain('node:crypto getRandomValues')
    expect(module.random()).toBe(4)
  })

  it('is the whole of it in every other way to import it', async () => {
    const { module } = await loaded(
      'whole',
      `import whole, * as names from 'node:path'
       const required = require('node:path')
       export const same = [whole.sep, names.sep, required.sep, names.default.sep]
       export const later = async () => (await import('node:path')).sep
       export const subpath = async () => (await import('node:fs/promises')).readFile.name`,
    )
    expect([...module.same, await module.later()]).toEqual(Array(5).fill(process.platform === 'win32' ? '\\' : '/'))
    expect(await module.subpath()).toBe('readFile')
  })

  it('lacks what is not there, which does not build', async () => {
    await expect(loaded('lacking', "import { nothing } from 'node:path'; export default nothing")).rejects.toThrow(
      'nothing',
    )
  })
})
