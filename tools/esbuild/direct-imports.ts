import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Plugin, PluginBuild } from 'esbuild'

/** `import { a, b as c } from '@smithy/core/protocols'`, in the form the SDK's compiler writes it. */
const IMPORT = /^import \{ ([^}]+?),? \} from "(@(?:smithy|aws-sdk)\/core(?:\/[\w-]+)?)";$/gm
const RE_EXPORT = /^export \{ ([^}]+?),? \} from "([^"]+)";$/gm
const SDK_MODULE = /[\\/]node_modules[\\/]@(?:smithy|aws-sdk)[\\/].*\.js$/

const BARREL = /^@(?:smithy|aws-sdk)\/core(?:\/[\w-]+)?$/

/** Which module has a name, and what it is called there. */
interface Origin {
  readonly from: string
  readonly name: string
}

interface Barrel {
  readonly directory: string
  readonly origins: ReadonlyMap<string, Origin>
}

/**
 * The SDK's modules import from files that name every module of a part of it. esbuild puts whatever such a file leads to
 * into what a Lambda loads at its start, as soon as any of its chunks needs it: here each import is led to the one module
 * that has the name. What is not plainly re-exported is left as it is.
 */
export function directImports(): Plugin {
  return {
    name: 'direct-imports',
    setup(build) {
      const direct = directly(build)
      build.onLoad({ filter: SDK_MODULE }, async ({ path }) => ({
        contents: await direct(await readFile(path, 'utf8'), dirname(path)),
        loader: 'js',
      }))
    },
  }
}

/** Rewrites the imports of one module's text. */
export function directly(build: PluginBuild): (text: string, directory: string) => Promise<string> {
  const barrels = new Map<string, Promise<Barrel>>()
  const read = async (path: string): Promise<Barrel> => ({
    directory: dirname(path),
    origins: originsIn(await readFile(path, 'utf8')),
  })
  const barrelOf = async (specifier: string, resolveDir: string): Promise<Barrel> => {
    const { path } = await build.resolve(specifier, { kind: 'import-statement', resolveDir })
    const barrel = barrels.get(path) ?? read(path)
    barrels.set(path, barrel)
    return barrel
  }
  /** One barrel can have a name from another. */
  const originOf = async (name: string, specifier: string, directory: string): Promise<Origin> => {
    const barrel = await barrelOf(specifier, directory)
    const origin = barrel.origins.get(name)
    if (origin === undefined) return { name, from: specifier }
    if (BARREL.test(origin.from)) return originOf(origin.name, origin.from, barrel.directory)
    return origin.from.startsWith('.') ? { ...origin, from: `${barrel.directory}/${origin.from}` } : origin
  }
  const lineFor = async (imported: string, specifier: string, directory: string): Promise<string> => {
    const [name = '', local = name] = imported.split(' as ')
    const origin = await originOf(name, specifier, directory)
    return `import { ${origin.name} as ${local} } from ${JSON.stringify(origin.from)};`
  }
  return async (text, directory) => {
    let rewritten = text
    for (const [statement, names = '', specifier = ''] of text.matchAll(IMPORT)) {
      const lines = await Promise.all(names.split(', ').map((name) => lineFor(name, specifier, directory)))
      rewritten = rewritten.replace(statement, () => lines.join('\n'))
    }
    return rewritten
  }
}

function originsIn(barrel: string): Map<string, Origin> {
  const origins = new Map<string, Origin>()
  for (const [, names = '', from = ''] of barrel.matchAll(RE_EXPORT))
    for (const one of names.split(', ')) {
      const [name = '', exported = name] = one.split(' as ')
      origins.set(exported, { from, name })
    }
  return origins
}
