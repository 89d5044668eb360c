'use strict'

// The first thing `npm start` and `npm test` do. Plain CommonJS of old, so that any Node can say what is wrong.
const NEEDED = 24
if (Number(process.versions.node.split('.')[0]) < NEEDED) {
  process.stderr.write(
    `Stagedoor needs Node ${NEEDED} or newer, and this is ${process.version}: ${advice(process.platform)}\n`,
  )
  process.exit(1)
}

function advice(platform) {
  // Linux and Windows get Node from an optional dependency; there is no such package for macOS.
  if (platform === 'darwin') return 'install it (nodejs.org, or "brew install node") and run this again.'
  return 'run "npm ci" without --omit=optional, which brings it along, or install it from nodejs.org.'
}
