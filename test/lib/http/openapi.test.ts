import { describe, expect, it } from 'vitest'
import { COMPONENTS, OPERATIONS } from '../../../lib/http/contract.ts'
import { openApiOf } from '../../../lib/http/openapi.ts'
import { codesOf } from '../../../lib/http/openapi-problems.ts'
import { routeKeyOf } from '../../../lib/http/operation.ts'
import { PROBLEM_KINDS } from '../../../lib/http/problem-kinds.ts'

interface Described {
  readonly operationId: string
  readonly security: readonly unknown[]
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: object }[]
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>
}
const document = openApiOf(OPERATIONS, COMPONENTS, '1.2.3') as unknown as {
  readonly info: { readonly version: string }
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Readonly<Record<string, unknown>>>> }
}
const rows = OPERATIONS.map((operation) => ({
  key: routeKeyOf(operation),
  operation,
  described: document.paths[operation.path]?.[operation.method.toLowerCase()],
}))

describe('the OpenAPI document', () => {
  it.each(rows)('has every status and code of $key', ({ operation, described }) => {
    const statuses = [
      ...Object.keys(operation.answers),
      ...codesOf(operation).map((code) => String(PROBLEM_KINDS[code].status)),
    ]
    expect(Object.keys(described?.responses ?? {}).sort()).toEqual([...new Set(statuses)].sort())
    const text = JSON.stringify(described)
    for (const code of codesOf(operation)) expect(text).toContain(`#/components/examples/${code}`)
    expect(described).toMatchObject({ operationId: operation.id, security: operation.bearer ? [{ login: [] }] : [] })
  })

  it.each(rows)('describes every parameter of $key', ({ operation, described }) => {
    const inPath = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    const names = described?.parameters?.map(({ name }) => name) ?? []
    expect(names).toEqual(expect.arrayContaining([...inPath, ...(operation.headers ?? [])]))
    for (const { schema } of described?.parameters ?? []) expect(schema).toHaveProperty('type')
  })

  it('has a parameter for each that a query schema takes', () => {
    const query = (path: string, method: string) =>
      document.paths[path]?.[method]?.parameters?.filter((one) => one.in === 'query').map(({ name }) => name)
    expect(query('/v1/stages', 'get')).toEqual(['limit', 'cursor'])
    expect(query('/v1/stages/{stageId}/participants/{participantId}', 'delete')).toEqual(['userId'])
  })

  it.each(Object.entries(COMPONENTS))('shows an example of %s that its schema takes', (name, { schema, example }) => {
    expect(schema.safeParse(example).error).toBeUndefined()
    expect(document.components.schemas[name]).toMatchObject({ examples: [example] })
  })

  it('closes requests and leaves answers open to additions', () => {
    const { JoinRequest, TokenAnswer } = document.components.schemas
    expect(JoinRequest).toMatchObject({ additionalProperties: false })
    expect(TokenAnswer).not.toHaveProperty('additionalProperties')
  })

  it('says what fields mean, each for itself, and nothing that Zod says of them all', () => {
    const { TokenAnswer } = document.components.schemas
    expect(TokenAnswer?.properties).toMatchObject({
      duration: { type: 'integer', description: 'Minutes, as in IVS.' },
      expiresIn: { type: 'integer', minimum: 0, description: 'Seconds until the token expires.' },
      refreshIn: { description: expect.stringContaining('refresh') },
    })
    expect(JSON.stringify(document)).not.toMatch(/9007199254740991|02-29/)
  })

  it('refuses a schema that has no name', () => {
    expect(() => openApiOf(OPERATIONS, {}, '1.2.3')).toThrow('no name')
  })
})
