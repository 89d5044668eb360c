import type { AwsCall } from './service.ts'

type Fields = Readonly<Record<string, unknown>>

const isRecord = (value: unknown): value is Fields => typeof value === 'object' && value !== null

function parsed(body: Buffer): Fields {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    return isRecord(value) ? value : {}
  } catch {
    return {}
  }
}

/** The partition keys a call names: what `dynamodb:LeadingKeys` holds. The table's hash key is always `pk`. */
function leadingKeysOf(input: Fields): readonly string[] {
  const items = [input.Key, input.Item].filter(isRecord)
  return items.flatMap((item) => (isRecord(item.pk) && typeof item.pk.S === 'string' ? [item.pk.S] : []))
}

/** What the policy judges of a DynamoDB call: the table, or the index it asks, or every table of a batch. */
export function tableCallOf(operation: string, body: Buffer, arnOf: (table: string) => string): AwsCall | undefined {
  if (operation === '') return undefined
  const input = parsed(body)
  const batch = isRecord(input.RequestItems) ? Object.keys(input.RequestItems).map(arnOf) : []
  const table = typeof input.TableName === 'string' ? arnOf(input.TableName) : arnOf('*')
  const one = typeof input.IndexName === 'string' ? `${table}/index/${input.IndexName}` : table
  const leadingKeys = leadingKeysOf(input)
  return {
    operation,
    actions: [`dynamodb:${operation}`],
    resources: batch.length > 0 ? batch : [one],
    context: leadingKeys.length > 0 ? { 'dynamodb:LeadingKeys': leadingKeys } : {},
  }
}
