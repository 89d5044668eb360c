'use strict'

/**
 * What serverless.yml takes from stagedoor.config.ts, for the deployment stage at hand. Being CommonJS is what the
 * `file()` variable asks for; the config itself is loaded as it is, by Node's own type stripping.
 */
module.exports = async ({ resolveVariable }) => {
  const deployment = await resolveVariable('sls:stage')
  const { default: configFile } = await import('../stagedoor.config.ts')
  const override = process.env.ALLOWED_ORIGINS
  const origins = override === undefined ? (configFile({ deployment }).allowedOrigins ?? []) : override.split(',')
  return { allowedOrigins: origins.map((origin) => origin.trim()).filter((origin) => origin !== '') }
}
