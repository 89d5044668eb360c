import type { AddressInfo } from 'node:net'
import { CreateTableCommand, DynamoDBClient, type GlobalSecondaryIndex } from '@aws-sdk/client-dynamodb'
import dynalite from 'dynalite'
import { createTable, type Table } from '../../lib/storage/table.dynamodb.ts'

/** A table of its own on an embedded engine, or on the one `DYNAMODB_ENDPOINT` names (AWS's DynamoDB Local). */
export async function startTable(): Promise<{
  table: Table
  client: DynamoDBClient
  name: string
  stop(): Promise<void>
}> {
  const engine = await startEngine()
  const client = new DynamoDBClient({
    endpoint: engine.endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  })
  const name = `stagedoor-${crypto.randomUUID()}`
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk', 'dir', 'stageId', 'memberOf', 'bannedFrom'].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S',
      })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        sparseIndex('stages', 'dir', 'stageId', ['endpointsAt', 'retired']),
        sparseIndex('members', 'memberOf', 'pk', ['mrole', 'mby', 'mat']),
        sparseIndex('bans', 'bannedFrom', 'pk', ['banUntil', 'ban']),
      ],
    }),
  )
  return {
    table: createTable(client, name),
    client,
    name,
    async stop() {
      client.destroy()
      await engine.stop()
    },
  }
}

/** As in resources/table.yml: what an index does not copy must not be read from it here either. */
const sparseIndex = (name: string, hash: string, range: string, copied: string[]): GlobalSecondaryIndex => ({
  IndexName: name,
  KeySchema: [
    { AttributeName: hash, KeyType: 'HASH' },
    { AttributeName: range, KeyType: 'RANGE' },
  ],
  Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: copied },
})

async function startEngine(): Promise<{ endpoint: string; stop(): Promise<void> }> {
  const given = process.env.DYNAMODB_ENDPOINT
  if (given !== undefined) return { endpoint: given, stop: async () => {} }
  const server = dynalite({ createTableMs: 0 })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  server.keepAliveTimeout = 60_000
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
