import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { ConfigFile } from '../../lib/config/config.ts'
import { readConfig } from '../../lib/config/load-config.ts'
import { OPERATIONS } from '../../lib/http/contract.ts'
import { routeKeyOf } from '../../lib/http/operation.ts'
import * as conditions from '../../lib/participant/conditions.dynamodb.ts'
import { cognitoAccess } from '../lib/login/recipes/cognito-access.ts'
import { deployedFiles } from './deployed.ts'
import { anchorsOf, codeIn, documentAt, documents, section, tableRows } from './documents.ts'
import { STORED_KINDS } from './stored-names.ts'

const scripts = Object.keys(
  (JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }).scripts,
)

const LINK = /\]\(([^)\s]+)\)/g

describe.each(documents)('$path', ({ path, text, prose }) => {
  it('links to nothing that is not there', () => {
    const links = [...prose.matchAll(LINK)].map(([, target = '']) => target).filter((to) => !/^[a-z]+:/.test(to))
    const broken = links.filter((link) => {
      const [to = '', anchor] = link.split('#')
      const file = to === '' ? path : normalize(join(dirname(path), to))
      if (!existsSync(file)) return true
      return anchor !== undefined && !anchorsOf(readFileSync(file, 'utf8')).has(anchor)
    })
    expect(broken).toEqual([])
  })

  it('names no script that package.json does not have', () => {
    const named = [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, name = '']) => name)
    expect(named.filter((name) => !scripts.includes(name))).toEqual([])
  })

  it('names no test that is not there', () => {
    const named = [...text.matchAll(/\btest\/[\w./-]+\.test\.ts\b/g)].map(([file]) => file)
    expect(named.filter((file) => !existsSync(file))).toEqual([])
  })
})

describe('the decisions', () => {
  const files = readdirSync('docs/adr').filter((file) => file !== 'README.md')

  it('are numbered from 0001 without a gap', () => {
    const numbers = files.map((file) => /^(\d{4})-[a-z0-9-]+\.md$/.exec(file)?.[1]).sort()
    expect(numbers).toEqual(files.map((_, index) => String(index + 1).padStart(4, '0')))
  })

  it('are listed, each once', () => {
    const listed = tableRows(documentAt('docs/adr/README.md').text).map(([number = '']) => number)
    expect(listed).toEqual(files.sort().map((file) => `[${file.slice(0, 4)}](${file})`))
  })

  it.each(files)('%s says why, what and what it costs', (file) => {
    const { text } = documentAt(`docs/adr/${file}`)
    expect(text.startsWith(`# ${file.slice(0, 4)} `)).toBe(true)
    expect([...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading)).toEqual([
      'Context',
      'Decision',
      'Consequences',
    ])
  })
})

describe('docs/storage.md', () => {
  const { text } = documentAt('docs/storage.md')

  const adapters = deployedFiles().filter((file) => file.endsWith('.dynamodb.ts'))
  const sources = adapters.map((file) => readFileSync(file, 'utf8')).join()
  /** Keys that hold an id, and keys that are one word. */
  const keys = [
    ...[...sources.matchAll(/(?:pk: |=> )`([a-z]+#)\$/g)].map(([, prefix = '']) => prefix),
    ...[...sources.matchAll(/(?:PARTITION =|pk:) '([a-z]+)'/g)].map(([, word = '']) => word),
  ]

  it('has the keys of every item that a Lambda keeps', () => {
    expect(keys.filter((one) => !text.includes(one.endsWith('#') ? `\`${one}<` : `\`${one}\``))).toEqual([])
  })

  it('is held to the attributes of every one of them', () => {
    expect([...new Set(keys)].sort()).toEqual(Object.keys(STORED_KINDS).sort())
  })

  it('has the conditions that several writes share', () => {
    expect(Object.keys(conditions).filter((name) => !codeIn(text).includes(name))).toEqual([])
  })

  it.each(Object.entries(STORED_KINDS))(
    '%s: names every attribute that is written',
    async (_, { heading, row, names }) => {
      const rows = tableRows(section(text, heading)).filter(([first]) => row === undefined || first?.startsWith(row))
      const documented = rows
        .flatMap((cells) => (row === undefined ? cells.slice(0, 2) : cells.slice(3)))
        .flatMap(codeIn)
      const written = (await names()).filter((name) => name !== 'pk' && name !== 'sk')
      expect(written.length).toBeGreaterThan(1)
      expect([...new Set(written)].filter((name) => !documented.includes(name))).toEqual([])
    },
  )
})

describe('docs/errors.md', () => {
  const named = codeIn(section(documentAt('docs/errors.md').text, 'What a 502 or 503 leaves behind'))

  it('says of every request that changes something what trouble leaves behind', () => {
    const changing = OPERATIONS.filter(({ method }) => method !== 'GET').map(routeKeyOf)
    const said = named.map((route) => route.replace('…', '/v1/stages/{stageId}'))
    expect(changing.filter((route) => !said.includes(route))).toEqual([])
  })
})

describe('README.md', () => {
  const { text } = documentAt('README.md')

  it('has a row for each operation, and no other', () => {
    const rows = tableRows(section(text, 'The API')).map(([route = '', , who = '']) => [
      codeIn(route)[0],
      who === 'anyone',
    ])
    const operations = OPERATIONS.map((operation) => [routeKeyOf(operation), !operation.bearer])
    expect(rows.toSorted()).toEqual(operations.toSorted())
  })

  it('shows a configuration that is sound, with the issuer of the tested recipe', async () => {
    const source = /^```ts\n(.*?)\n```$/ms.exec(section(text, 'Configuration'))?.[1] ?? ''
    const code = source.replace("'./lib/", `'${pathToFileURL('lib').href}/`)
    const { default: file } = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as {
      default: ConfigFile
    }
    const config = readConfig({ file, deployment: 'prod', env: {} })
    expect(config).toMatchObject({ ok: true, value: { issuers: [cognitoAccess], tokenMode: 'ivs' } })
  })
})

it.each(['SECURITY.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'LICENSE'])('%s is there', (path) => {
  expect(readFileSync(path, 'utf8').length).toBeGreaterThan(500)
})
