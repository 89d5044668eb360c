import { readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

const IMPORT = /(?:from|import)\s*\(?\s*'(\.{1,2}\/[^']+\.ts)'/g

const HANDLER = /handler: dist\/(\w+)\//g

/** Every source file that some Lambda of serverless.yml is made of, directly or through others. */
export function deployedFiles(): readonly string[] {
  const seen = new Set<string>()
  const visit = (file: string): void => {
    if (seen.has(file)) return
    seen.add(file)
    for (const [, target = ''] of readFileSync(file, 'utf8').matchAll(IMPORT)) {
      visit(normalize(join(dirname(file), target)))
    }
  }
  for (const [, name] of readFileSync('serverless.yml', 'utf8').matchAll(HANDLER)) visit(`functions/${name}.ts`)
  return [...seen]
}
