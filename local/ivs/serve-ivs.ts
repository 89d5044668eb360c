import { enableCompileCache } from 'node:module'

const readyBlock = (url: string, region: string, startedInMs: number): string => `
Local Amazon IVS Real-Time is ready at ${url} (${(startedInMs / 1000).toFixed(2)} s)

  export AWS_ENDPOINT_URL_IVS_REALTIME=${url}
  export AWS_REGION=${region} AWS_DEFAULT_REGION=${region} AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local

  curl -sX POST ${url}/_local/stage/join -H 'Content-Type: application/json' -d '{"token":"…"}'

Creates show up in reads after a moment, as they may in AWS; --assume readLagMs=0 turns that off.
Ctrl-C ends it.
`

/** `npm run ivs`: one ready block, Ctrl-C ends it; what goes wrong at the start is one line. */
async function main(): Promise<void> {
  // Types are stripped and modules compiled once, not at every start; so nothing may be imported before this line.
  enableCompileCache()
  const [{ parseServeOptions }, { startIvsServer }] = await Promise.all([
    import('./serve/options.ts'),
    import('./serve/server.ts'),
  ])
  const options = parseServeOptions(process.argv.slice(2))
  const server = await startIvsServer(options, (line) => process.stderr.write(`ivs: ${line}\n`))
  const stop = (): void => {
    void server.stop().then(() => process.exit(0))
  }
  process.once('SIGINT', stop).once('SIGTERM', stop)
  process.stdout.write(`${readyBlock(server.url, options.region, performance.now())}\n`)
}

main().catch((error: unknown) => {
  process.stderr.write(`ivs: ${error instanceof Error ? error.message : 'could not start'}\n`)
  process.exit(1)
})
