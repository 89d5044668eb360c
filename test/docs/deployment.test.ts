import { globSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { codeIn, documentAt, documents, section, tableRows } from './documents.ts'

const serverless = readFileSync('serverless.yml', 'utf8')
const resources = globSync('resources/*.yml')
  .map((file) => readFileSync(file, 'utf8'))
  .join('\n')
const idsOf = (type: string): readonly string[] =>
  [...resources.matchAll(/^ {2}(\w+):\n {4}Type: (\S+)$/gm)].filter(([, , is]) => is === type).map(([, id = '']) => id)
const functions = readdirSync('functions').map((file) => file.replace(/\.ts$/, ''))
const named = (path: string, heading: string): readonly string[] => codeIn(section(documentAt(path).text, heading))

describe('docs/operations.md', () => {
  it('has a row for each alarm, and no other', () => {
    const rows = tableRows(section(documentAt('docs/operations.md').text, 'Alarms')).map(([first = '']) => first)
    expect(rows.flatMap(codeIn).toSorted()).toEqual(idsOf('AWS::CloudWatch::Alarm').toSorted())
  })

  it('says of each queue where its messages end', () => {
    const queues = idsOf('AWS::SQS::Queue')
    expect(queues.length).toBeGreaterThan(5)
    const said = named('docs/operations.md', 'Dead letters')
    expect(queues.filter((queue) => !said.includes(queue))).toEqual([])
  })
})

describe('docs/deploy.md', () => {
  const { text } = documentAt('docs/deploy.md')

  it('has a row for each Lambda, and no other', () => {
    const rows = tableRows(section(text, 'What each Lambda may do')).flatMap(([first = '']) => codeIn(first))
    expect(rows.toSorted()).toEqual(functions.toSorted())
  })

  it('counts what is deployed', () => {
    const counted = /: an HTTP API, (\d+) Lambdas, one table, (\d+) queues/.exec(text.replaceAll('\n', ' '))
    expect(counted?.slice(1).map(Number)).toEqual([functions.length, idsOf('AWS::SQS::Queue').length])
  })

  it('says how much concurrency the ceilings take, and who has none', () => {
    const ceilings = [...serverless.matchAll(/reservedConcurrency: !If \[ProtectJoin, (\d+),/g)].map(([, n]) =>
      Number(n),
    )
    const said = section(text, "Join's concurrency")
    expect(said).toContain(`Together the ceilings are ${ceilings.reduce((sum, one) => sum + one, 0)}.`)
    const without = serverless
      .slice(serverless.indexOf('\nfunctions:'), serverless.indexOf('\nresources:'))
      .split(/^ {2}(?=\w+:$)/m)
      .filter((part) => /^\w+:\n {4}handler/.test(part) && !part.includes('reservedConcurrency'))
      .map((part) => part.slice(0, part.indexOf(':')))
    expect(ceilings.length + without.length).toBe(functions.length)
    expect(without.filter((name) => name !== 'join' && !codeIn(said).includes(name))).toEqual([])
  })
})

describe('docs/architecture.md', () => {
  it('has a row for each folder of lib/, and no other', () => {
    const rows = tableRows(section(documentAt('docs/architecture.md').text, 'Where things are'))
    const folders = readdirSync('lib', { withFileTypes: true }).filter((entry) => entry.isDirectory())
    expect(rows.flatMap(([first = '']) => codeIn(first)).toSorted()).toEqual(folders.map(({ name }) => name).toSorted())
  })
})

it('README.md leads to every document', () => {
  const { text } = documentAt('README.md')
  const paths = documents.map(({ path }) => path).filter((path) => !/^README|^docs\/adr\/0/.test(path))
  expect(paths.filter((path) => !text.includes(`](${path}`))).toEqual([])
})
