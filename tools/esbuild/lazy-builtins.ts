import { isBuiltin } from 'node:module'
import type { Plugin } from 'esbuild'

/**
 * Node's own modules through `process.getBuiltinModule`. For an ES import of one, Node reads everything that the module
 * exports, and with it loads what only some of that needs: undici for `http`, the standard streams and reports for `process`,
 * WebCrypto for `crypto`. At a cold start that is some 25 ms for `http` and a few for each of the others.
 */
export function lazyBuiltins(): Plugin {
  return {
    name: 'lazy-builtins',
    setup(build) {
      build.onResolve({ filter: /^(node:)?[a-z_]+(\/[a-z_]+)*$/ }, ({ path }) =>
        isBuiltin(path) ? { path: path.replace('node:', ''), namespace: 'lazy-builtins' } : undefined,
      )
      build.onLoad({ filter: /./, namespace: 'lazy-builtins' }, ({ path }) => ({
        contents: `module.exports = process.getBuiltinModule('node:${path}')`,
        loader: 'js',
      }))
    },
  }
}
