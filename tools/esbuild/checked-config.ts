import type { Plugin } from 'esbuild'

/** Variables that put something unchecked in the place of what the build has checked (lib/config/load-config.ts). */
const OVERRIDES = ['AUTH_ISSUERS', 'TOKEN_MODE', 'ALLOWED_ORIGINS', 'DOMAIN_EVENTS']

const STAND_IN = `
const whole = ${JSON.stringify(OVERRIDES)}.some((name) => process.env[name]) ? await import('./check-config.ts?whole') : undefined
export const checkConfig = (raw, names) => (whole ? whole.checkConfig(raw, names) : { ok: true, value: raw })`

/**
 * The configuration in a bundle was checked when it was built. What checks it is loaded at the start only where the
 * environment puts something else in its place; then all of it is checked again.
 */
export function checkedConfig(): Plugin {
  return {
    name: 'checked-config',
    setup(build) {
      build.onResolve({ filter: /[\\/]check-config\.ts\?whole$/ }, ({ resolveDir }) => ({
        path: `${resolveDir}/check-config.ts`,
        suffix: '?whole',
      }))
      build.onLoad({ filter: /[\\/]lib[\\/]config[\\/]check-config\.ts$/ }, ({ suffix, path }) =>
        suffix === '?whole'
          ? undefined
          : { contents: STAND_IN, loader: 'js', resolveDir: path.replace(/[\\/]check-config\.ts$/, '') },
      )
    },
  }
}
