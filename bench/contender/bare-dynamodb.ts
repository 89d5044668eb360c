import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb'

/** What anyone pays who writes to DynamoDB from a Lambda: the client made, and one command to send. */
const client = new DynamoDBClient({})
export const handler = (input: ConstructorParameters<typeof UpdateItemCommand>[0]) =>
  client.send(new UpdateItemCommand(input))
