import type { LedgerEntry } from '../../local/aws/ledger.ts'
import type { TestTwin } from './twin.ts'

/** What one function's calls came to. */
export interface Spent {
  readonly writes: number
  readonly writeUnits: number
  readonly reads: number
  readonly ivs: number
}

const READS = ['GetItem', 'BatchGetItem', 'Query', 'Scan']

/** Every AWS call made while `work` ran. */
async function callsDuring(twin: TestTwin, work: () => Promise<unknown>): Promise<readonly LedgerEntry[]> {
  const { last } = await twin.local<{ last: number }>('GET', '/ledger')
  await work()
  return (await twin.local<{ entries: LedgerEntry[] }>('GET', `/ledger?since=${last}`)).entries
}

/** What `functionName` spent on `work`, which no other request to it may overlap. */
export async function spentBy(twin: TestTwin, functionName: string, work: () => Promise<unknown>): Promise<Spent> {
  const calls = (await callsDuring(twin, work)).filter((call) => call.function === functionName)
  const table = calls.filter(({ service }) => service === 'dynamodb')
  const reads = table.filter(({ operation }) => READS.includes(operation))
  const units = table.flatMap(({ consumedCapacity = [] }) => consumedCapacity.map(({ writeUnits }) => writeUnits))
  return {
    writes: table.length - reads.length,
    writeUnits: units.reduce((sum, one) => sum + one, 0),
    reads: reads.length,
    ivs: calls.filter(({ service }) => service === 'ivs').length,
  }
}
