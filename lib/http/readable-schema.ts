import { FIELD_DESCRIPTIONS } from './field-descriptions.ts'

type JsonObject = Readonly<Record<string, unknown>>

/**
 * A JSON schema as people should read it: with what fields mean, and without what Zod says of every number (that it is a
 * safe one) and of every instant (a pattern of 300 characters that `format` says in two words).
 */
export function readable(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(readable)
  if (!isObject(schema)) return schema
  const entries = Object.entries(schema)
    .filter(([name, value]) => !isNoise(name, value, schema))
    .map(([name, value]) => [name, name === 'properties' ? describedFields(value) : readable(value)])
  return Object.fromEntries(entries)
}

function describedFields(properties: unknown): unknown {
  if (!isObject(properties)) return properties
  const fields = Object.entries(properties).map(([name, schema]) => {
    const description = Object.hasOwn(FIELD_DESCRIPTIONS, name) ? FIELD_DESCRIPTIONS[name] : undefined
    return [name, { ...(readable(schema) as JsonObject), ...(description === undefined ? {} : { description }) }]
  })
  return Object.fromEntries(fields)
}

const isNoise = (name: string, value: unknown, { format }: JsonObject): boolean =>
  value === Number.MAX_SAFE_INTEGER ||
  value === Number.MIN_SAFE_INTEGER ||
  (name === 'pattern' && format === 'date-time')

const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null
