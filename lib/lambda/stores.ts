import { createParticipantStore } from '../participant/participant-store.dynamodb.ts'
import { createSeatStore } from '../seat/seat-store.dynamodb.ts'
import { createStageStore } from '../stage/stage-store.dynamodb.ts'
import { createDynamoDbClient } from '../storage/client.dynamodb.ts'
import { createTable, type Table } from '../storage/table.dynamodb.ts'

export const openTable = (tableName: string): Table => createTable(createDynamoDbClient(), tableName)

/** The three stores on one table. */
export const storesOn = (table: Table) => ({
  participants: createParticipantStore(table),
  seats: createSeatStore(table),
  stages: createStageStore(table),
})
