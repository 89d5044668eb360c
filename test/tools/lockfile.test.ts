import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

interface Entry {
  readonly version?: string
  readonly resolved?: string
  readonly link?: boolean
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const root = join(import.meta.dirname, '../..')
const packagesOf = (file: string): Readonly<Record<string, Entry>> =>
  JSON.parse(readFileSync(join(root, file), 'utf8')).packages

describe.each(['package-lock.json', 'tools/dynamodb-local/package-lock.json'])('%s', (file) => {
  const packages = packagesOf(file)

  it('names no registry, so that every mirror will do', () => {
    const hosts = Object.values(packages).filter(({ resolved, link }) => link !== true && resolved !== undefined)
    expect(hosts).toEqual([])
  })

  it('knows the builds for other platforms too, or `npm ci` refuses it', () => {
    const missing = Object.entries(packages).flatMap(([at, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) =>
          packages[`node_modules/${name}`] === undefined && packages[`${at}/node_modules/${name}`] === undefined,
      ),
    )
    expect(missing).toEqual([])
  })
})
