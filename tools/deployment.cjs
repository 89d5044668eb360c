'use strict'

const { resolve } = require('node:path')

/**
 * What serverless.yml takes from stagedoor.config.ts, for the deployment stage at hand. Being CommonJS is what the
 * `file()` variable asks for; the config itself is loaded as it is, by Node's own type stripping.
 */
module.exports = async ({ resolveVariable }) => {
  const deployment = await resolveVariable('sls:stage')
  const { importConfigFile } = await import('./esbuild/config-file.ts')
  const file = await importConfigFile(resolve(__dirname, '..'), deployment)
  const { loadConfig } = await import('../lib/config/load-config.ts')
  // Whether a key is configured is known where it is deployed; the rest is checked here already.
  const env = { ALLOWED_ORIGINS: process.env.ALLOWED_ORIGINS, SIGNING_SECRET_ID: 'known when deployed' }
  return { allowedOrigins: loadConfig({ file, deployment, env }).allowedOrigins }
}
