import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { COMPONENTS, OPERATIONS } from '../lib/http/contract.ts'
import { openApiOf } from '../lib/http/openapi.ts'
import packageJson from '../package.json' with { type: 'json' }

// node tools/openapi.ts [--check] [--file docs/openapi.json]: writes the document, or fails where it differs from what is committed.
const { values } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    file: { type: 'string', default: join(import.meta.dirname, '../docs/openapi.json') },
  },
})
const text = `${JSON.stringify(openApiOf(OPERATIONS, COMPONENTS, packageJson.version), null, 2)}\n`
if (!values.check) {
  writeFileSync(values.file, text)
} else if (readFileSync(values.file, 'utf8') !== text) {
  console.error('The OpenAPI document is not what the schemas say. Run `npm run openapi` and commit the result.')
  process.exitCode = 1
}
