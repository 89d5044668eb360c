import { crc32 } from 'node:zlib'
import dynaliteDb from 'dynalite/db/index.js'
import type { TableDefinition } from '../deployment/deployment.ts'
import { type AwsJsonProtocol, type Input, inputOf, operationOf, refusalAnswer } from './aws-json.ts'
import { capacityOf, reportsCapacity, withAskedCapacity } from './capacity.ts'
import { type Engine, startEngine } from './dynalite-engine.ts'
import { tableCallOf } from './dynamodb-call.ts'
import type { AwsAnswer, AwsRequest, AwsService, ConsumedCapacity } from './service.ts'

const PROTOCOL: AwsJsonProtocol = {
  contentType: 'application/x-amz-json-1.0',
  errors: {
    denied: { status: 400, type: 'com.amazon.coral.service#AccessDeniedException' },
    unsigned: { status: 400, type: 'com.amazon.coral.service#MissingAuthenticationTokenException' },
    throttled: { status: 400, type: 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException' },
    broken: { status: 500, type: 'com.amazonaws.dynamodb.v20120810#InternalServerError' },
  },
}

export interface LocalDynamoDb extends AwsService {
  /** Makes the table unless it is there already. */
  createTable(table: TableDefinition): Promise<void>
  stop(): Promise<void>
}

export interface DynamoDbOptions {
  readonly region: string
  readonly accountId: string
  /** A LevelDB directory; absent: in memory. */
  readonly path?: string
}

/** The key of the one item a write is about: given as it is, or as part of the whole item. */
function keyOf({ Key, Item }: Input, keyNames: readonly string[]): Input | undefined {
  if (Key || !Item) return Key as Input | undefined
  return Object.fromEntries(keyNames.map((name) => [name, (Item as Input)[name]]))
}

/** A failed condition is billed by the item that is there, at least one unit; dynalite does not say, so look. */
async function failedConditionCapacity(
  engine: Engine,
  TableName: unknown,
  Key: Input | undefined,
): Promise<readonly ConsumedCapacity[]> {
  const found = Key ? await engine.send('GetItem', { TableName, Key, ConsistentRead: true }) : undefined
  const item = found?.output.Item as Readonly<Record<string, unknown>> | undefined
  const writeUnits = item ? Math.ceil(dynaliteDb.itemSize(item) / 1024) : 1
  return [{ table: String(TableName), readUnits: 0, writeUnits, indexes: {} }]
}

const answer = (status: number, output: Input, consumedCapacity: readonly ConsumedCapacity[] = []): AwsAnswer => {
  const body = JSON.stringify(output)
  const headers = { 'content-type': PROTOCOL.contentType, 'x-amz-crc32': String(crc32(body)) }
  return { status, headers, body, ...(consumedCapacity.length > 0 ? { consumedCapacity } : {}) }
}

/** DynamoDB as dynalite does it, with the capacity of every call told apart for the ledger. */
export async function startDynamoDb({ region, accountId, path }: DynamoDbOptions): Promise<LocalDynamoDb> {
  const engine = await startEngine(path)
  const arnOf = (table: string): string => `arn:aws:dynamodb:${region}:${accountId}:table/${table}`

  const keyNames = new Map<string, readonly string[]>()

  const perform = async (request: AwsRequest): Promise<AwsAnswer> => {
    const operation = operationOf(request)
    const input = inputOf(request)
    if (!reportsCapacity(operation)) {
      const { status, output } = await engine.send(operation, input)
      return answer(status, output)
    }
    const { status, output } = await engine.send(operation, { ...input, ReturnConsumedCapacity: 'INDEXES' })
    if (status === 200) {
      return answer(status, withAskedCapacity(output, input.ReturnConsumedCapacity), capacityOf(operation, output))
    }
    const isFailedCondition = String(output.__type).endsWith('#ConditionalCheckFailedException')
    if (!isFailedCondition) return answer(status, output)
    const { TableName } = input
    const key = keyOf(input, keyNames.get(String(TableName)) ?? [])
    return answer(status, output, await failedConditionCapacity(engine, TableName, key))
  }

  return {
    name: 'dynamodb',
    describe: (request) => tableCallOf(operationOf(request), request.body, arnOf),
    perform,
    refuse: (error, message) => refusalAnswer(PROTOCOL, error, message),
    createTable: async ({ name, properties }) => {
      const schema = (properties.KeySchema ?? []) as readonly { readonly AttributeName: string }[]
      keyNames.set(
        name,
        schema.map(({ AttributeName }) => AttributeName),
      )
      const described = await engine.send('DescribeTable', { TableName: name })
      if (described.status === 200) return
      const { status, output } = await engine.send('CreateTable', { TableName: name, ...properties })
      if (status !== 200) throw new Error(`serverless.yml: the table ${name} cannot be made: ${String(output.message)}`)
    },
    stop: engine.stop,
  }
}
