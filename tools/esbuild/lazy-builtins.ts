import { createRequire, isBuiltin } from 'node:module'
import type { Plugin } from 'esbuild'

const require = createRequire(import.meta.url)

/**
 * Node's own modules through `process.getBuiltinModule`. For an ES import of one, Node reads everything that the module
 * exports, and with it loads what only some of that needs: undici for `http`, the standard streams and reports for `process`,
 * WebCrypto for `crypto`. At a cold start that is some 25 ms for `http` and a few for each of the others.
 *
 * What a bundle imports by name it reads by name. As a module of another kind it would be copied whole for each file that
 * imports it: a hundred names of `crypto`, a dozen times.
 */
export function lazyBuiltins(): Plugin {
  return {
    name: 'lazy-builtins',
    setup(build) {
      build.onResolve({ filter: /^(node:)?[a-z_]+(\/[a-z_]+)*$/ }, ({ path, kind, namespace }) => {
        if (!isBuiltin(path)) return undefined
        const isByName = kind === 'import-statement' && namespace !== NAMED
        return { path: path.replace('node:', ''), namespace: isByName ? NAMED : WHOLE, sideEffects: false }
      })
      build.onLoad({ filter: /./, namespace: WHOLE }, ({ path }) => ({
        contents: `module.exports = process.getBuiltinModule('node:${path}')`,
        loader: 'js',
      }))
      build.onLoad({ filter: /./, namespace: NAMED }, ({ path }) => ({ contents: namedExportsOf(path), loader: 'js' }))
    },
  }
}

const WHOLE = 'lazy-builtins'
const NAMED = 'lazy-builtins-by-name'

/**
 * Nothing of it is read but what is imported: the others have no effect, and are left out. What Node itself only makes when it
 * is read is not read before it is used.
 */
function namedExportsOf(name: string): string {
  const all = Object.entries(Object.getOwnPropertyDescriptors(require(`node:${name}`)))
  const [made, known] = [all.filter(([, { get }]) => get !== undefined), all.filter(([, { get }]) => get === undefined)]
  return [
    `const whole = process.getBuiltinModule('node:${name}')`,
    'export default whole',
    ...namesOf(known).map((one) => `export const ${one} = /* @__PURE__ */ (() => whole.${one})()`),
    `export { ${namesOf(made).join(', ')} } from 'node:${name}'`,
  ].join('\n')
}

/** Names that may stand as they are in an export; what has another is reached by way of the whole module. */
const namesOf = (properties: readonly (readonly [name: string, unknown])[]): readonly string[] =>
  properties.map(([name]) => name).filter((name) => /^[A-Za-z_$][\w$]*$/.test(name) && !RESERVED.has(name))
const RESERVED = new Set(['default', 'whole', 'process'])
