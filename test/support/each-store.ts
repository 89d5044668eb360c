import { afterAll, beforeAll } from 'vitest'
import { startTable } from './dynamodb.ts'
import { memoryStores, type Stores, tableStores } from './use-case.ts'

/** The stores in memory and on a table, for `describe.each`; the table lives as long as the test file. */
export function eachStore(): [string, () => Stores][] {
  const started = tableForFile()
  return [
    ['in memory', memoryStores],
    ['on DynamoDB', () => tableStores(started().table)],
  ]
}

/** One table for the whole test file. */
export function tableForFile(): () => Awaited<ReturnType<typeof startTable>> {
  let started: Awaited<ReturnType<typeof startTable>> | undefined
  beforeAll(async () => {
    started = await startTable()
  })
  afterAll(() => started?.stop())
  return () => {
    if (started === undefined) throw new Error('the table is not up yet')
    return started
  }
}
