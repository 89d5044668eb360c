import type { Plugin } from 'esbuild'

/**
 * `http` and `https` through `process.getBuiltinModule`. An ES import of either makes Node enumerate its exports, which
 * loads undici: about 25 ms of a cold start that no Lambda of ours has a use for.
 */
export function lazyHttp(): Plugin {
  return {
    name: 'lazy-http',
    setup(build) {
      build.onResolve({ filter: /^(node:)?https?$/ }, ({ path }) => ({
        path: path.replace('node:', ''),
        namespace: 'lazy-http',
      }))
      build.onLoad({ filter: /./, namespace: 'lazy-http' }, ({ path }) => ({
        contents: `module.exports = process.getBuiltinModule('node:${path}')`,
        loader: 'js',
      }))
    },
  }
}
