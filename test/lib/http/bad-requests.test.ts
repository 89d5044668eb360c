import { describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { implement, type Operation } from '../../../lib/http/operation.ts'
import { PageQuery } from '../../../lib/http/page.ts'
import { joinOperation } from '../../../lib/join/join.contract.ts'
import { leaveOperation } from '../../../lib/leave/leave.contract.ts'
import { ok } from '../../../lib/result.ts'
import type { ApiRequest } from '../../support/api-event.ts'
import { testEdge } from '../../support/edge.ts'

const JOIN = 'POST /v1/stages/{stageId}/join'
const LEAVE = 'DELETE /v1/stages/{stageId}/participants/{participantId}'
const LIST = 'GET /v1/things/{userId}'
const listOperation = {
  ...leaveOperation,
  method: 'GET',
  path: '/v1/things/{userId}',
  query: PageQuery,
} as const satisfies Operation

const { send } = testEdge({
  ...implement(joinOperation, async ({ body }) => ok({ status: 200, body })),
  ...implement(leaveOperation, async () => ok({ status: 204 })),
  ...implement(listOperation, async () => ok({ status: 204 })),
})
const join = (request: ApiRequest) => send(JOIN, { path: { stageId: 'town-hall' }, ...request })
const base64 = (bytes: string | Uint8Array) => Buffer.from(bytes).toString('base64')
const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`
const sized = (bytes: number) => `{"role":"${'x'.repeat(bytes - 11)}"}`

describe('bodies that are taken', () => {
  it.each<[string, ApiRequest, unknown]>([
    ['none', {}, {}],
    ['an empty one', { body: '', headers: { 'content-type': 'text/plain' } }, {}],
    ['an empty one in base64', { body: '', isBase64Encoded: true }, {}],
    ['an object', { body: '{"duration":60}' }, { duration: 60 }],
    [
      'base64',
      { body: base64('{"attributes":{"displayName":"Žižka 🎭"}}'), isBase64Encoded: true },
      { attributes: { displayName: 'Žižka 🎭' } },
    ],
    ['a charset', { body: '{}', headers: { 'content-type': 'application/json; charset=utf-8' } }, {}],
    ['a +json type', { body: '{}', headers: { 'content-type': 'application/merge-patch+json' } }, {}],
  ])('%s', async (_what, request, body) => {
    expect(await join(request)).toMatchObject({ statusCode: 200, json: body })
  })
})

describe('bodies that are refused', () => {
  it.each<[string, ApiRequest, number, string]>([
    ['no JSON', { body: 'marker' }, 400, 'malformed_json'],
    ['cut off', { body: '{"role":' }, 400, 'malformed_json'],
    ['blank', { body: ' ' }, 400, 'malformed_json'],
    ['NaN', { body: '{"duration":NaN}' }, 400, 'malformed_json'],
    ['a byte order mark', { body: '\ufeff{}' }, 400, 'malformed_json'],
    ['invalid UTF-8', { body: base64(Uint8Array.of(0x22, 0xff, 0x22)), isBase64Encoded: true }, 400, 'malformed_json'],
    [
      'a UTF-8 surrogate',
      { body: base64(Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22)), isBase64Encoded: true },
      400,
      'malformed_json',
    ],
    ['UTF-16', { body: base64(Buffer.from('{}', 'utf16le')), isBase64Encoded: true }, 400, 'malformed_json'],
    ['one byte over the limit', { body: sized(16_385) }, 413, 'body_too_large'],
    ['over the limit in bytes, not characters', { body: `{"role":"${'€'.repeat(6_000)}"}` }, 413, 'body_too_large'],
    ['over the limit once decoded', { body: base64(sized(16_385)), isBase64Encoded: true }, 413, 'body_too_large'],
    [
      'too large and of a wrong type',
      { body: sized(20_000), headers: { 'content-type': 'text/plain' } },
      413,
      'body_too_large',
    ],
    ['no content type', { body: '{}', headers: { 'content-type': '' } }, 415, 'unsupported_media_type'],
    [
      'form data',
      { body: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      415,
      'unsupported_media_type',
    ],
    [
      'two content types',
      { body: '{}', headers: { 'content-type': 'application/json,text/plain' } },
      415,
      'unsupported_media_type',
    ],
  ])('%s', async (_what, request, status, code) => {
    expect(await join(request)).toMatchObject({ statusCode: status, json: { code, status, retryable: false } })
  })

  it('takes 16 KiB to the byte', async () => {
    expect(await join({ body: sized(16_384) })).toMatchObject({
      statusCode: 400,
      json: { errors: [{ pointer: '/role', code: 'too_big' }] },
    })
  })

  it.each<[string, string, readonly (readonly [string, string])[]]>([
    ['null', 'null', [['', 'wrong_type']]],
    ['a list', '[]', [['', 'wrong_type']]],
    ['text', '"marker"', [['', 'wrong_type']]],
    ['an unknown field', '{"userId":"marker"}', [['/userId', 'unknown_field']]],
    ['__proto__', '{"__proto__":{"role":"host"}}', [['/__proto__', 'unknown_field']]],
    ['constructor', '{"constructor":{"prototype":{}}}', [['/constructor', 'unknown_field']]],
    ['__proto__ in a map', '{"attributes":{"__proto__":"marker"}}', [['/attributes/__proto__', 'unknown_field']]],
    ['NUL in a value', '{"attributes":{"displayName":"a\\u0000"}}', [['/attributes/displayName', 'malformed_text']]],
    ['NUL in a name', '{"attributes":{"a\\u0000":"x"}}', [['/attributes/a\u0000', 'malformed_text']]],
    ['a lone surrogate in a value', '{"role":"\\ud800"}', [['/role', 'malformed_text']]],
    ['a lone surrogate in a name', '{"attributes":{"\\udfff":"x"}}', [['/attributes/\ufffd', 'malformed_text']]],
    ['deep nesting', `{"attributes":${nested(33)}}`, [[`/attributes${'/0'.repeat(31)}`, 'too_deep']]],
    ['very deep nesting', nested(8_000), [['/0'.repeat(32), 'too_deep']]],
    ['an attribute that is no text', '{"attributes":{"n":1}}', [['/attributes/n', 'wrong_type']]],
    ['an attribute without a name', '{"attributes":{"":"x"}}', [['/attributes/', 'invalid_key']]],
    ['escapes in a pointer', '{"a/b~c":1}', [['/a~1b~0c', 'unknown_field']]],
    ['attributes over 1 KB', `{"attributes":{"a":"${'€'.repeat(400)}"}}`, [['/attributes', 'too_big']]],
    ['a duration of 0', '{"duration":0}', [['/duration', 'too_small']]],
    ['a duration over 14 days', '{"duration":20161}', [['/duration', 'too_big']]],
    ['a broken duration', '{"duration":1.5}', [['/duration', 'wrong_type']]],
    ['a duration as text', '{"duration":"60"}', [['/duration', 'wrong_type']]],
    ['an endless duration', '{"duration":1e999}', [['/duration', 'wrong_type']]],
    ['no capability', '{"capabilities":[]}', [['/capabilities', 'too_small']]],
    ['a capability twice', '{"capabilities":["PUBLISH","PUBLISH"]}', [['/capabilities', 'duplicate']]],
    ['an unknown capability', '{"capabilities":["marker"]}', [['/capabilities/0', 'not_allowed']]],
    ['an unknown slot', '{"slot":"marker"}', [['/slot', 'not_allowed']]],
    [
      'everything at once',
      '{"role":1,"slot":null,"duration":-1,"capabilities":["X","SUBSCRIBE"],"x":1,"y":2}',
      [
        ['/role', 'wrong_type'],
        ['/slot', 'not_allowed'],
        ['/capabilities/0', 'not_allowed'],
        ['/duration', 'too_small'],
        ['/x', 'unknown_field'],
        ['/y', 'unknown_field'],
      ],
    ],
  ])('%s', async (_what, body, errors) => {
    const answer = await join({ body })
    expect(answer).toMatchObject({ statusCode: 400, json: { code: 'invalid_request' } })
    const found = answer.json.errors.map(({ pointer, code }: Record<string, string>) => [pointer, code])
    expect(found.toSorted()).toEqual([...errors].sort())
    expect(JSON.stringify(answer)).not.toContain('marker')
  })
})

describe('routes without a body', () => {
  const leave = (request: ApiRequest) =>
    send(LEAVE, { path: { stageId: 'town-hall', participantId: 'abc' }, ...request })

  it.each([
    ['{}', 204],
    ['', 204],
    ['{"reason":"x"}', 400],
    ['[]', 400],
  ])('answers %j with %i', async (body, status) => {
    expect((await leave({ body })).statusCode).toBe(status)
  })

  it('takes no query parameter it does not know, and says so beside what is wrong with the body', async () => {
    const { json } = await leave({ query: { userID: 'marker', userId: 'a/b' }, body: '{"x":1}' })
    expect(json.errors).toEqual([
      { pointer: '#query/userId', code: 'invalid_value', detail: 'Must be a user id.' },
      { pointer: '#query/userID', code: 'unknown_field', detail: 'No such field.' },
      { pointer: '/x', code: 'unknown_field', detail: 'No such field.' },
    ])
  })
})

describe('path parameters that can be no id', () => {
  it.each([
    [LEAVE, { stageId: 'Town Hall', participantId: 'abc' }, 'stage_not_found'],
    [LEAVE, { stageId: 'a'.repeat(65), participantId: 'abc' }, 'stage_not_found'],
    [LEAVE, { stageId: 'town-hall', participantId: 'a_b' }, 'participant_not_found'],
    [LEAVE, { stageId: 'town-hall', participantId: '%61' }, 'participant_not_found'],
    [LIST, { userId: '..' }, 'user_not_found'],
    [LIST, { userId: 'a\u0000' }, 'user_not_found'],
  ])('%s %j', async (routeKey, path, code) => {
    expect(await send(routeKey, { path })).toMatchObject({ statusCode: 404, json: { code } })
  })
})

describe('the query of a list', () => {
  it.each([
    ['1', 204],
    ['100', 204],
    ['0', 400],
    ['101', 400],
    ['01', 400],
    ['1,2', 400],
    ['', 400],
    ['1e1', 400],
  ])('limit=%s is %i', async (limit, status) => {
    expect((await send(LIST, { path: { userId: 'ada' }, query: { limit } })).statusCode).toBe(status)
  })
})

describe('what a schema may be wrong about', () => {
  it('tells a missing field from one of a wrong type', async () => {
    const operation = { ...joinOperation, body: z.strictObject({ role: z.string() }) } as const
    const edge = testEdge(implement(operation, async () => ok({ status: 200 })))
    const codes = await Promise.all(
      ['{}', '{"role":1}'].map(
        async (body) => (await edge.send(JOIN, { path: { stageId: 'town-hall' }, body })).json.errors[0].code,
      ),
    )
    expect(codes).toEqual(['required', 'wrong_type'])
  })
})
