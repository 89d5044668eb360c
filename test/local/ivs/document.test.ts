import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { DOCUMENT, unnamedAssumptions, withTable } from '../../../tools/ivs-table.ts'

const document = readFileSync(DOCUMENT, 'utf8')

describe('docs/local-ivs.md', () => {
  it('has the table of operations as it is', () => {
    expect(withTable(document)).toBe(document)
  })

  it('names every assumption', () => {
    expect(unnamedAssumptions(document)).toEqual([])
  })
})
