import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Metafile } from 'esbuild'
import { bundleFaults } from './bundle-faults.ts'
import { functionNames, rightsByFunction } from './serverless-yml.ts'

// Prints what each Lambda loads at once and what only when it is needed, and fails on anything that is not its own.
const root = join(import.meta.dirname, '..')
const rights = rightsByFunction(root)
const metafiles = JSON.parse(readFileSync(join(root, 'dist/metafiles.json'), 'utf8')) as Record<string, Metafile>
const names = functionNames(root)
const missing = names.filter((name) => metafiles[name] === undefined).map((name) => `${name}: not built`)
const bundles = names.flatMap((name) => {
  const metafile = metafiles[name]
  return metafile === undefined ? [] : [{ name, metafile, rights: rights.get(name) ?? [] }]
})

console.log('function       at start   when needed')
for (const { name, metafile } of bundles) {
  const { atStart, total } = sizes(name, metafile)
  console.log(`${name.padEnd(12)} ${kilobytes(atStart)} ${kilobytes(total - atStart)}`)
}
const faults = [...missing, ...bundleFaults(bundles)]
for (const fault of faults) console.error(fault)
process.exitCode = faults.length === 0 ? 0 : 1

function kilobytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(1).padStart(8)} KB`
}

/** Bytes after minification: the entry with what it imports statically, and everything. */
function sizes(name: string, { outputs }: Metafile): { atStart: number; total: number } {
  const seen = new Set<string>()
  const follow = (path: string): void => {
    if (seen.has(path)) return
    seen.add(path)
    for (const { path: next, kind } of outputs[path]?.imports ?? [])
      if (kind === 'import-statement' && outputs[next] !== undefined) follow(next)
  }
  follow(Object.keys(outputs).find((path) => path.endsWith(`${name}/index.mjs`)) ?? '')
  const sum = (paths: Iterable<string>): number =>
    [...paths].reduce((bytes, path) => bytes + (outputs[path]?.bytes ?? 0), 0)
  return { atStart: sum(seen), total: sum(Object.keys(outputs)) }
}
