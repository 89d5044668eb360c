import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DeleteItemCommandInput,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb'
import { Fault } from '../fault.ts'
import { fromWireItem, type Item, toWireItem, type WireItem } from './attribute-values.dynamodb.ts'
import type { Expression } from './expression.dynamodb.ts'

export interface Key {
  readonly pk: string
  readonly sk: string
}

/** What a write answers: done, with the image asked for; or its condition failed, with what was seen where the engine says. */
export type Written = { readonly done: true; readonly image?: Item } | { readonly done: false; readonly seen?: Item }

type Update = Pick<UpdateItemCommandInput, 'ConditionExpression' | 'UpdateExpression' | 'ReturnValues'>

/** The one table. Every failure that is not a failed condition leaves as a `Fault`, with nothing of the item in it. */
export interface Table {
  get(key: Key): Promise<Item | undefined>
  /** Consistent reads of several items in one call, in the order of the keys. */
  getAll(keys: readonly Key[]): Promise<readonly (Item | undefined)[]>
  put(key: Key, item: Item, condition: string, expression: Expression): Promise<Written>
  update(key: Key, update: Update, expression: Expression): Promise<Written>
  remove(key: Key, condition: string, expression: Expression): Promise<Written>
  query(query: Omit<QueryCommandInput, 'TableName'>): Promise<{ items: readonly Item[]; more: boolean }>
}

/** Errors that say we asked wrongly: ours to mend, not the caller's to retry. */
const OUR_MISTAKE = new Set(['ValidationException', 'AccessDeniedException', 'ResourceNotFoundException'])

export function createTable(client: DynamoDBClient, tableName: string): Table {
  const keyOf = (key: Key): WireItem => ({ pk: { S: key.pk }, sk: { S: key.sk } })
  const isAt = (key: Key, wire: WireItem): boolean => wire.pk?.S === key.pk && wire.sk?.S === key.sk
  return {
    async get(key) {
      const input = { TableName: tableName, Key: keyOf(key), ConsistentRead: true }
      const { Item: wire } = await sent(() => client.send(new GetItemCommand(input)))
      return wire && fromWireItem(wire)
    },
    async getAll(keys) {
      const request = { [tableName]: { Keys: keys.map(keyOf), ConsistentRead: true } }
      const answer = await sent(() => client.send(new BatchGetItemCommand({ RequestItems: request })))
      if (Object.keys(answer.UnprocessedKeys ?? {}).length > 0) throw unavailable('BatchGetItem left keys unread')
      const found = answer.Responses?.[tableName] ?? []
      return keys.map((key) => found.find((wire) => isAt(key, wire))).map((wire) => wire && fromWireItem(wire))
    },
    put: (key, item, condition, expression) =>
      written(async () => {
        const input = { TableName: tableName, Item: { ...toWireItem(item), ...keyOf(key) }, ...expression.parts }
        await client.send(new PutItemCommand({ ...input, ConditionExpression: condition, ...ON_FAILURE }))
        return undefined
      }),
    update: (key, update, expression) =>
      written(async () => {
        const input = { TableName: tableName, Key: keyOf(key), ...update, ...expression.parts, ...ON_FAILURE }
        return (await client.send(new UpdateItemCommand(input))).Attributes
      }),
    remove: (key, condition, expression) =>
      written(async () => {
        const input: DeleteItemCommandInput = { TableName: tableName, Key: keyOf(key), ...expression.parts }
        await client.send(new DeleteItemCommand({ ...input, ConditionExpression: condition, ...ON_FAILURE }))
        return undefined
      }),
    async query(query) {
      const answer = await sent(() => client.send(new QueryCommand({ ...query, TableName: tableName })))
      return { items: (answer.Items ?? []).map(fromWireItem), more: answer.LastEvaluatedKey !== undefined }
    },
  }
}

const ON_FAILURE = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const

async function written(write: () => Promise<WireItem | undefined>): Promise<Written> {
  try {
    const image = await sent(write)
    return image === undefined ? { done: true } : { done: true, image: fromWireItem(image) }
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error
    return error.Item === undefined ? { done: false } : { done: false, seen: fromWireItem(error.Item) }
  }
}

async function sent<T>(send: () => Promise<T>): Promise<T> {
  try {
    return await send()
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) throw error
    const name = error instanceof Error ? error.name : 'unknown'
    if (OUR_MISTAKE.has(name)) throw new Error(`the table refused a request of ours: ${name}`)
    throw unavailable(name)
  }
}

const unavailable = (reason: string): Fault => new Fault('storage_unavailable', `DynamoDB did not answer: ${reason}`)
