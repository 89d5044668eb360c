import { expect, it } from 'vitest'
import { startEngine } from '../../../local/aws/dynalite-engine.ts'

it('lets calls under way end before it stops, and answers none after that', async () => {
  const engine = await startEngine(undefined)
  const TableName = 'table'
  const made = await engine.send('CreateTable', {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  })
  expect(made.status).toBe(200)
  const puts = Array.from({ length: 50 }, (_, i) => engine.send('PutItem', { TableName, Item: { pk: { S: `${i}` } } }))
  await engine.stop()
  expect(new Set((await Promise.all(puts)).map(({ status }) => status))).toEqual(new Set([200]))
  const late = engine.send('ListTables', {})
  await expect(Promise.race([late, new Promise((resolve) => setImmediate(resolve, 'silence'))])).resolves.toBe(
    'silence',
  )
})
