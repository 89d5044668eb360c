'use strict'

const { execFile } = require('node:child_process')
const { resolve } = require('node:path')
const { promisify } = require('node:util')

/** Bundles for the deployment stage at hand before anything is zipped, so that no other stage's bundle is ever shipped. */
module.exports = class BuildPlugin {
  constructor(serverless) {
    const stage = () => serverless.service.provider.stage
    const build = () =>
      promisify(execFile)(process.execPath, [resolve(__dirname, '../esbuild.config.mjs'), '--stage', stage()])
    this.hooks = {
      'before:package:createDeploymentArtifacts': build,
      'before:deploy:function:packageFunction': build,
    }
  }
}
