import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type App, startApp, type User } from '../support/app.ts'
import { sendRaw, type WireRequest } from '../support/wire.ts'

const KIB = 1024
const JOIN = 'POST /v1/stages/demo/join'
const TOKEN = 'POST /v1/stages/demo/participants/OWN/token'
const CREATE = 'POST /v1/stages'
const PATCH = 'PATCH /v1/stages/STAGE'
const withBody = [JOIN, TOKEN, CREATE, PATCH] as const
const withoutBody = [
  'DELETE /v1/stages/demo/participants/OWN',
  'GET /v1/stages/demo',
  'GET /v1/stages',
  'DELETE /v1/stages/STAGE',
  'POST /v1/stages/STAGE/reset',
] as const

let app: App
let admin: User
let own: string
let stage: string

beforeAll(async () => {
  app = await startApp()
  admin = await app.admin({ stages: { '*': 'host' } })
  stage = await app.stage()
  own = (await admin.join('demo')).body.participantId
}, 60_000)
afterAll(() => app.stop())

/** Sends as an admin who may do everything, so that only the input can be what is refused. */
function send(route: string, { headers, ...rest }: Omit<Partial<WireRequest>, 'method' | 'path'> = {}) {
  const [method = '', path = ''] = route.replace('OWN', own).replace('STAGE', stage).split(' ')
  const defaults = { authorization: `Bearer ${admin.login}`, 'content-type': 'application/json' }
  return sendRaw(app.api, { method, path, headers: { ...defaults, ...headers }, ...rest })
}

const invalid = { status: 400, code: 'invalid_request' }
const malformed = { status: 400, code: 'malformed_json' }
const tooLarge = { status: 413, code: 'body_too_large' }
const wrongType = { status: 415, code: 'unsupported_media_type' }
type Refusal = typeof invalid

async function expectRefusal(route: string, request: Parameters<typeof send>[1], { status, code }: Refusal) {
  const reply = await send(route, request)
  expect(reply).toMatchObject({ status, body: { status, code, retryable: false } })
  expect(reply.headers.get('content-type')).toBe('application/problem+json')
  return reply
}

const nested = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`

const bodies: readonly (readonly [string, string | Uint8Array, Refusal])[] = [
  ['not JSON', '{', malformed],
  ['a word', 'undefined', malformed],
  ['JSON and more', '{} {}', malformed],
  ['a comment', '{/**/}', malformed],
  ['single quotes', "{'a':1}", malformed],
  ['NaN', '{"duration":NaN}', malformed],
  ['a byte order mark', '\ufeff{}', malformed],
  ['blanks alone', '   ', malformed],
  ['NUL alone', '\u0000', malformed],
  ['a raw NUL within', '{"a":"\u0000"}', malformed],
  ['a list', '[]', invalid],
  ['a list of objects', '[{}]', invalid],
  ['text', '"x"', invalid],
  ['a number', '1', invalid],
  ['null', 'null', invalid],
  ['true', 'true', invalid],
  ['nesting of lists', `${'['.repeat(4000)}${']'.repeat(4000)}`, invalid],
  ['nesting of objects', nested(2500), invalid],
  ['nesting within a field', `{"attributes":${nested(2000)}}`, invalid],
  ['an unknown field', '{"surprise":1}', invalid],
  ['an unknown empty field', '{"":1}', invalid],
  ['identity', '{"userId":"somebody"}', invalid],
  ['__proto__', '{"__proto__":{"role":"host"}}', invalid],
  ['__proto__ below', '{"attributes":{"__proto__":"x"},"roles":{"__proto__":{}}}', invalid],
  ['constructor', '{"constructor":{"prototype":{}}}', invalid],
  ['a lone surrogate in a name', '{"\\ud800":1}', invalid],
  ['more than 16 KiB', `{"name":"${'x'.repeat(16 * KIB)}"}`, tooLarge],
  ['more than 16 KiB of characters of two bytes', `{"name":"${'é'.repeat(9 * KIB)}"}`, tooLarge],
  ['more than 16 KiB of blanks', ' '.repeat(16 * KIB + 1), tooLarge],
]

/** Field by field; each is wrong on every route that knows it, and unknown on the others. */
const fields: readonly (readonly [string, string])[] = [
  ['role a number', '{"role":1}'],
  ['role empty', '{"role":""}'],
  ['role too long', `{"role":"${'r'.repeat(65)}"}`],
  ['role with NUL', '{"role":"a\\u0000"}'],
  ['role with a lone surrogate', '{"role":"\\ud800"}'],
  ['slot unknown', '{"slot":"third"}'],
  ['slot in a list', '{"slot":["main"]}'],
  ['capabilities empty', '{"capabilities":[]}'],
  ['capabilities twice', '{"capabilities":["PUBLISH","PUBLISH"]}'],
  ['capabilities in lower case', '{"capabilities":["publish"]}'],
  ['capabilities text', '{"capabilities":"PUBLISH"}'],
  ['capabilities an object', '{"capabilities":{"0":"PUBLISH","length":1}}'],
  ['duration text', '{"duration":"60"}'],
  ['duration zero', '{"duration":0}'],
  ['duration negative', '{"duration":-1}'],
  ['duration with a fraction', '{"duration":1.5}'],
  ['duration beyond IVS', '{"duration":20161}'],
  ['duration infinite', '{"duration":1e999}'],
  ['duration null', '{"duration":null}'],
  ['attributes a list', '{"attributes":[]}'],
  ['attributes null', '{"attributes":null}'],
  ['an attribute a number', '{"attributes":{"displayName":1}}'],
  ['an attribute an object', '{"attributes":{"displayName":{}}}'],
  ['an attribute with NUL', '{"attributes":{"displayName":"\\u0000"}}'],
  ['an attribute with a lone surrogate', '{"attributes":{"displayName":"\\udc00"}}'],
  ['an attribute without a name', '{"attributes":{"":"x"}}'],
  ['an attribute of the server', '{"attributes":{"role":"host"}}'],
  ['attributes beyond IVS', `{"attributes":{"displayName":"${'é'.repeat(600)}"}}`],
  ['stageId with capitals', '{"stageId":"Demo"}'],
  ['stageId a path', '{"stageId":"../demo"}'],
  ['stageArn of something else', '{"stageArn":"arn:aws:ivs:us-east-1:123456789012:channel/x"}'],
  ['access unknown', '{"access":"public"}'],
  ['seats beyond IVS', '{"seats":13}'],
  ['more reserved than seats', '{"seats":2,"reservedSeats":3}'],
  ['a session policy of no kind', '{"sessionPolicy":{"mode":"some"}}'],
  ['no session', '{"sessionPolicy":{"mode":"allow","max":0}}'],
  ['endsAt a number', '{"endsAt":1800000000}'],
  ['endsAt never', '{"endsAt":"2026-13-45T99:99:99Z"}'],
  ['a tag of ours', '{"tags":{"stagedoor:deployment":"x"}}'],
  ['a tag of AWS', '{"tags":{"aws:x":"x"}}'],
  ['a default role that moderates', '{"defaultRole":"moderator"}'],
  ['a default role nobody has', '{"defaultRole":"nobody"}'],
  ['a role without a rank', '{"roles":{"guest":{"capabilities":["SUBSCRIBE"]}}}'],
  ['a role with an unknown capability', '{"roles":{"viewer":{"capabilities":["ADMIN"]}}}'],
  ['a role named like a member of every object', '{"roles":{"constructor":{}}}'],
  ['a name with a lone surrogate', '{"name":"\\ud83d"}'],
]

describe.each(withBody)('%s', (route) => {
  it.each(bodies)('%s: is refused', async (_, body, refusal) => {
    await expectRefusal(route, { body }, refusal)
  })

  it.each(fields)('%s: is refused, and the field is pointed at', async (_, body) => {
    const { body: problem } = await expectRefusal(route, { body }, invalid)
    const [field] = Object.keys(JSON.parse(body))
    const pointers: readonly string[] = problem.errors.map(({ pointer }: { pointer: string }) => pointer)
    const wanted = body.includes('reservedSeats') && (route === CREATE || route === PATCH) ? 'reservedSeats' : field
    expect(pointers.some((pointer) => pointer.startsWith(`/${wanted}`))).toBe(true)
  })

  it.each([
    ['none', undefined],
    ['empty', ''],
    ['text', 'text/plain'],
    ['a form', 'application/x-www-form-urlencoded'],
    ['parts', 'multipart/form-data; boundary=x'],
    ['xml', 'application/xml'],
    ['bytes', 'application/octet-stream'],
    ['almost JSON', 'application/jsonp'],
    ['nonsense', '\u00ff;;;='],
  ])('a content type, %s: is refused', async (_, type) => {
    const headers = { 'content-type': type === undefined ? [] : type }
    await expectRefusal(route, { body: '{}', headers }, wrongType)
  })

  it('bytes that are no UTF-8 never become 5xx', async () => {
    const bytes = Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])
    expect((await send(route, { body: bytes })).status).toBe(400)
    const encoded = { 'content-type': 'application/octet-stream' }
    expect((await send(route, { body: bytes, headers: encoded })).status).toBe(400)
  })

  it('more than API Gateway takes is refused by it', async () => {
    expect(await send(route, { body: Buffer.alloc(10 * KIB * KIB + 1, ' ') })).toMatchObject({ status: 413 })
  })
})

describe.each(withoutBody)('%s, which takes no body', (route) => {
  it.each(bodies)('%s: is refused', async (_, body, refusal) => {
    await expectRefusal(route, { body }, refusal)
  })
})

describe('what is in a path', () => {
  it.each([
    ['a stage id with a slash', '/v1/stages/de%2Fmo', 404],
    ['a stage id of dots', '/v1/stages/..', 404],
    ['encoded dots', '/v1/stages/%2e%2e', 404],
    ['encoded twice', '/v1/stages/de%2564mo', 404],
    ['NUL', '/v1/stages/demo%00', 404],
    ['a line break', '/v1/stages/demo%0d%0aX:%201', 404],
    ['no valid encoding', '/v1/stages/%zz', 404],
    ['half a character', '/v1/stages/%c3', 404],
    ['capitals', '/v1/stages/DEMO', 404],
    ['letters of elsewhere', '/v1/stages/%E8%88%9E%E5%8F%B0', 404],
    ['an emoji', '/v1/stages/%F0%9F%8E%AD', 404],
    ['raw bytes', '/v1/stages/d\u00e9mo', 400],
    ['a member of every object', '/v1/stages/__proto__', 404],
    ['very long', `/v1/stages/${'a'.repeat(8000)}`, 404],
    ['longer than API Gateway takes', `/v1/stages/${'a'.repeat(11_000)}`, 431],
    ['an empty segment', '/v1/stages//demo', 404],
    ['a slash at the end', '/v1/stages/demo/', 404],
    ['another version', '/v2/stages/demo', 404],
    ['the decoded id of a stage that is there', '/v1/stages/%64emo', 200],
  ])('%s', async (_, path, status) => {
    expect((await send(`GET ${path}`)).status).toBe(status)
  })

  it.each(['%00', '..%2F..', 'a_b', '%zz', 'x'.repeat(65), '%F0%9F%8E%AD'])('a participant id %s', async (id) => {
    for (const route of [`POST /v1/stages/demo/participants/${id}/token`, `DELETE /v1/stages/demo/participants/${id}`])
      expect(await send(route)).toMatchObject({ status: 404, body: { code: 'participant_not_found' } })
  })

  it.each(['PUT', 'POST', 'TRACE', 'PROPFIND', 'OPTIONS', 'HEAD'])('the method %s is not there', async (method) => {
    expect((await send(`${method} /v1/stages/demo`)).status).toBe(404)
  })
})

describe('what is in a query', () => {
  it.each([
    'limit=0',
    'limit=101',
    'limit=-1',
    'limit=1.5',
    'limit=ten',
    'limit=',
    'limit=1&limit=2',
    'limit=1e1',
    'limit=%00',
    'other=1',
    '__proto__=1',
    'constructor=1',
    '=1',
    'limit=5&%FF=%FF',
  ])('?%s is refused', async (query) => {
    await expectRefusal(`GET /v1/stages?${query}`, {}, invalid)
  })

  it.each([
    ['empty', ''],
    ['nonsense', 'nonsense'],
    ['not base64url', '%2B%2F%3D'],
    ['JSON of another shape', Buffer.from('{"pk":"stages"}').toString('base64url')],
    ['a number', Buffer.from('1').toString('base64url')],
    ['no stage id', Buffer.from('"../x"').toString('base64url')],
    ['a stage id, written differently', Buffer.from(' "demo"').toString('base64url')],
    ['too long', 'A'.repeat(2000)],
    ['twice', 'ImRlbW8i&cursor=ImRlbW8i'],
  ])('a cursor, %s, is refused', async (_, cursor) => {
    await expectRefusal(`GET /v1/stages?cursor=${cursor}`, {}, { status: 400, code: 'invalid_cursor' })
  })

  it.each([JOIN, CREATE, PATCH, TOKEN, 'GET /v1/stages/demo'])('%s takes none', async (route) => {
    await expectRefusal(`${route}?userId=somebody`, { body: '{}' }, invalid)
  })

  it.each(['', 'a%2Fb', '%00', '..', 'a&userId=b%2F', 'u'.repeat(129)])('?userId=%s owns nothing', async (userId) => {
    await expectRefusal(`DELETE /v1/stages/demo/participants/OWN?userId=${userId}`, {}, invalid)
  })
})

describe('what is in a header', () => {
  it.each([
    ['empty', ''],
    ['too long', 'k'.repeat(65)],
    ['with a blank', 'a b'],
    ['with a tab', 'a\tb'],
    ['beyond ASCII', 'k\u00e9y'],
    ['twice, too long together', ['k'.repeat(40), 'k'.repeat(40)]],
  ])('an Idempotency-Key, %s, is refused', async (_, key) => {
    await expectRefusal(JOIN, { headers: { 'idempotency-key': key } }, invalid)
  })

  it.each(['', 'x', '"', '""', 'W/"1"', '"a", "b"', '\u00ff', '"\u00ff"', ',,,', 'x'.repeat(4000)])(
    'an If-Match of %j matches nothing',
    async (tag) => {
      const failed = { status: 412, code: 'precondition_failed' }
      const headers = { 'if-match': tag }
      await expectRefusal(PATCH, { headers, body: '{"name":"changed"}' }, failed)
      await expectRefusal('DELETE /v1/stages/STAGE', { headers }, failed)
    },
  )
})

it('and after all of it everything still works', async () => {
  const ada = await app.user('ada')
  const joined = await ada.join('demo', { attributes: { displayName: 'Ada' } })
  expect(joined.status).toBe(201)
  expect(await admin.call('GET', `/v1/stages/${stage}`)).toMatchObject({ status: 200 })
  expect(await admin.call('GET', '/v1/stages')).toMatchObject({
    body: { items: expect.arrayContaining([expect.objectContaining({ stageId: stage })]) },
  })
  expect(app.logs.filter((line) => /"fault"|Task timed out|Invoke Error/.test(line))).toEqual([])
})
