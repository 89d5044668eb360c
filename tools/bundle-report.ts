import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Metafile } from 'esbuild'
import { budgetFaults, sizesOf } from './bundle-budget.ts'
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

console.log('function       at start         gzip   when needed')
const overBudget = bundles.flatMap(({ name, metafile }) => {
  const sizes = sizesOf(name, metafile, (path) => readFileSync(join(root, String(path))))
  const columns = [sizes.atStart, sizes.atStartGzip, sizes.whenNeeded].map(kilobytes)
  console.log(`${name.padEnd(12)} ${columns.join(' ')}`)
  return budgetFaults(name, metafile, sizes)
})
const faults = [...missing, ...bundleFaults(bundles), ...overBudget]
for (const fault of faults) console.error(fault)
process.exitCode = faults.length === 0 ? 0 : 1

function kilobytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(1).padStart(9)} KB`
}
