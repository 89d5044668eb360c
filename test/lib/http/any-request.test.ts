import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { COMPONENTS, OPERATIONS } from '../../../lib/http/contract.ts'
import { implement, implementOpen, routeKeyOf } from '../../../lib/http/operation.ts'
import { ProblemBody } from '../../../lib/http/problem.schema.ts'
import { ok } from '../../../lib/result.ts'
import { testEdge } from '../../support/edge.ts'

const routes = Object.assign(
  {},
  ...OPERATIONS.map(({ bearer, ...operation }) =>
    bearer
      ? implement({ ...operation, bearer: true }, async ({ body }) => ok({ status: 200, body: body ?? null }))
      : implementOpen({ ...operation, bearer: false }, async ({ body }) => ok({ status: 200, body: body ?? null })),
  ),
)
const { send } = testEdge(routes)

const text = fc.string({ unit: 'binary', maxLength: 80 })
/** Any UTF-16: lone surrogates, NUL and all. */
const anyText = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 })
  .map((units) => String.fromCharCode(...units))
const fieldNames = [
  ...new Set(Object.values(COMPONENTS).flatMap(({ example }) => Object.keys(example))),
  '__proto__',
  'constructor',
  'toString',
]
const name = fc.oneof(fc.constantFrom(...fieldNames), anyText)
const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(
      fc.constant(null),
      fc.boolean(),
      fc.double(),
      fc.integer(),
      anyText,
      fc.constantFrom('PUBLISH', 'main', 'open'),
    ),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(name, tie('value')), { maxLength: 6 }).map((entries) => Object.fromEntries(entries)),
  ),
})).value
const body = fc.oneof(
  json.map((value) => JSON.stringify(value)),
  text,
  anyText,
  fc.integer({ min: 0, max: 9_000 }).map((depth) => '['.repeat(depth) + ']'.repeat(depth)),
)
const base64 = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString('base64'))
const contentType = fc.oneof(fc.constantFrom('application/json', 'application/merge-patch+json', ''), text)
const id = fc.oneof(fc.constant('town-hall'), anyText)

const request = fc.record(
  {
    path: fc.record({ stageId: id, participantId: id, userId: id }),
    query: fc.dictionary(fc.oneof(fc.constantFrom('limit', 'cursor', 'userId'), anyText), anyText, { maxKeys: 3 }),
    headers: fc
      .tuple(contentType, fc.dictionary(anyText, anyText, { maxKeys: 3 }), fc.option(text, { nil: 'Bearer ada' }))
      .map(([type, more, authorization]) => ({ ...more, 'content-type': type, authorization })),
  },
  { requiredKeys: ['path', 'headers'] },
)
const payload = fc.oneof(
  body.map((value) => ({ body: value, isBase64Encoded: false })),
  fc.oneof(base64, text).map((value) => ({ body: value, isBase64Encoded: true })),
)
const routeKey = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom(...OPERATIONS.map(routeKeyOf)) },
  { weight: 1, arbitrary: anyText },
)

describe('whatever the request', () => {
  it('the answer is never a 5xx, and every refusal is a problem of ours', async () => {
    await fc.assert(
      fc.asyncProperty(routeKey, request, payload, async (key, parts, sent) => {
        const { statusCode, headers, json: answer } = await send(key, { ...parts, ...sent })
        expect(statusCode).toBeLessThan(500)
        if (statusCode === 200 || !(key in routes)) return
        expect(headers).toMatchObject({ 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store' })
        expect(ProblemBody.parse(answer)).toMatchObject({ status: statusCode, retryable: false })
      }),
      { numRuns: 1_500 },
    )
  })

  it('a body that is taken holds nothing but fields of the schema, in its bounds', async () => {
    await fc.assert(
      fc.asyncProperty(json, async (value) => {
        const answer = await send('POST /v1/stages/{stageId}/join', {
          path: { stageId: 'town-hall' },
          body: JSON.stringify(value),
        })
        if (answer.statusCode !== 200) return
        expect(COMPONENTS.JoinRequest.schema.parse(answer.json)).toEqual(value)
      }),
      { numRuns: 500 },
    )
  })
})
