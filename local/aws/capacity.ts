import type { Input } from './aws-json.ts'
import type { ConsumedCapacity } from './service.ts'

/** What DynamoDB reports for one table when asked for `INDEXES`. */
interface Reported {
  readonly TableName: string
  readonly CapacityUnits: number
  readonly Table?: { readonly CapacityUnits: number }
  readonly GlobalSecondaryIndexes?: Readonly<Record<string, { readonly CapacityUnits: number }>>
}

const READS = new Set(['GetItem', 'BatchGetItem', 'Query', 'Scan'])
const WRITES = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem'])

export const reportsCapacity = (operation: string): boolean => READS.has(operation) || WRITES.has(operation)

/** The ledger's form of an answer's `ConsumedCapacity`. */
export function capacityOf(operation: string, output: Input): readonly ConsumedCapacity[] {
  const reported = (Array.isArray(output.ConsumedCapacity) ? output.ConsumedCapacity : [output.ConsumedCapacity]) as (
    | Reported
    | undefined
  )[]
  const unitsOf = (units: number) =>
    READS.has(operation) ? { readUnits: units, writeUnits: 0 } : { readUnits: 0, writeUnits: units }
  return reported.flatMap((one) => {
    if (!one) return []
    const indexes = Object.entries(one.GlobalSecondaryIndexes ?? {}).map(([name, { CapacityUnits }]) => [
      name,
      unitsOf(CapacityUnits),
    ])
    return [{ table: one.TableName, ...unitsOf(one.CapacityUnits), indexes: Object.fromEntries(indexes) }]
  })
}

/** The answer as the caller asked for it: nothing, `TOTAL`, or `INDEXES` as it is. */
export function withAskedCapacity(output: Input, asked: unknown): Input {
  const { ConsumedCapacity: reported, ...rest } = output
  if (asked === 'INDEXES') return output
  if (asked !== 'TOTAL' || reported === undefined) return rest
  const total = ({ TableName, CapacityUnits }: Reported) => ({ TableName, CapacityUnits })
  return { ...rest, ConsumedCapacity: Array.isArray(reported) ? reported.map(total) : total(reported as Reported) }
}
