import * as z from 'zod/mini'
import {
  headerReferences,
  type Json,
  PATH_PARAMETERS,
  QUERY_PARAMETERS,
  REQUEST_HEADERS,
  RESPONSE_HEADERS,
} from './openapi-parameters.ts'
import { problemExamples, problemResponses } from './openapi-problems.ts'
import type { Operation } from './operation.ts'
import { readable } from './readable-schema.ts'

export type Components = Readonly<Record<string, { readonly schema: z.ZodMiniType; readonly example: unknown }>>

/** The OpenAPI 3.1 document of `operations`, from the same schemas that validate requests. */
export function openApiOf(operations: readonly Operation[], components: Components, version: string): Json {
  return {
    openapi: '3.1.1',
    info: {
      title: 'Stagedoor',
      version,
      summary: 'Vends Amazon IVS participant tokens: logins in, tokens out, scoped to what policy allows.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'Where this document came from.' }],
    tags: [
      { name: 'participants', description: 'Joining, refreshing, leaving.' },
      { name: 'moderation', description: 'Who may do what, and who may not come.' },
      { name: 'stages', description: 'The rooms.' },
      { name: 'meta', description: 'About the API itself.' },
    ],
    paths: pathsOf(operations, components),
    components: {
      securitySchemes: {
        login: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'The login of your own users.' },
      },
      headers: RESPONSE_HEADERS,
      schemas: schemasOf(components),
      examples: problemExamples(operations),
    },
  }
}

function pathsOf(operations: readonly Operation[], components: Components): Json {
  const paths: Record<string, Record<string, Json>> = {}
  for (const operation of operations) {
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method.toLowerCase()]: operationOf(operation, components),
    }
  }
  return paths
}

function operationOf(operation: Operation, components: Components): Json {
  const parameters = parametersOf(operation)
  return {
    operationId: operation.id,
    tags: [tagOf(operation)],
    summary: operation.summary,
    description: operation.description,
    security: operation.bearer ? [{ login: [] }] : [],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(operation.body ? { requestBody: requestBodyOf(operation.body, components) } : {}),
    responses: {
      ...answersOf(operation, components),
      ...problemResponses(operation),
    },
  }
}

function tagOf({ path }: Operation): string {
  if (!path.startsWith('/v1/stages')) return 'meta'
  if (/\/(?:members|bans|explain|audit)/.test(path)) return 'moderation'
  return /join|participants/.test(path) ? 'participants' : 'stages'
}

function parametersOf({ path, query, headers = [] }: Operation): Json[] {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: PATH_PARAMETERS[name],
  }))
  const inQuery = queryNames(query).map((name) => ({ name, in: 'query', ...QUERY_PARAMETERS[name] }))
  const inHeader = headers.map((name) => ({ name, in: 'header', ...REQUEST_HEADERS[name] }))
  return [...inPath, ...inQuery, ...inHeader]
}

const queryNames = (query: Operation['query']): string[] => {
  if (!query) return []
  return Object.keys(z.toJSONSchema(query, { io: 'input' }).properties ?? {})
}

const requestBodyOf = (schema: z.ZodMiniType, components: Components): Json => ({
  required: false,
  description: 'An empty body counts as {}.',
  content: { 'application/json': { schema: referenceTo(schema, components) } },
})

function answersOf({ answers }: Operation, components: Components): Json {
  const entries = Object.entries(answers).map(([status, { description, body, headers = [] }]) => {
    const names = ['X-Request-Id', ...headers]
    const content = body && { content: { 'application/json': { schema: referenceTo(body, components) } } }
    return [status, { description, headers: headerReferences(names), ...content }]
  })
  return Object.fromEntries(entries)
}

function referenceTo(schema: z.ZodMiniType, components: Components): Json {
  const name = Object.keys(components).find((key) => components[key]?.schema === schema)
  if (name === undefined) throw new Error('a schema of the contract has no name among the components')
  return { $ref: `#/components/schemas/${name}` }
}

function schemasOf(components: Components): Json {
  const registry = z.registry<{ id: string }>()
  for (const [id, { schema }] of Object.entries(components)) registry.add(schema, { id })
  const uri = (id: string) => `#/components/schemas/${id}`
  const { schemas } = z.toJSONSchema(registry, { target: 'draft-2020-12', io: 'input', uri })
  const named = Object.entries(schemas).map(([id, { $schema: _schema, $id: _id, ...rest }]) => {
    return [id, { ...(readable(rest) as Json), examples: [components[id]?.example] }]
  })
  return Object.fromEntries(named)
}
