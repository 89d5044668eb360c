import { describe, expect, it } from 'vitest'
import { httpEventOf, joinHeaders, type WireRequest } from '../../../local/gateway/http-event.ts'

const facts = {
  routeKey: 'POST /x/{id}',
  parameters: { id: 'a' },
  requestId: '01234567-89ab-cdef-0123-456789abcdef',
  accountId: '123456789012',
  now: Date.UTC(2026, 10, 21, 4, 5, 6, 789),
}
const request = (given: Partial<WireRequest> = {}): WireRequest => ({
  method: 'POST',
  url: '/x/a',
  rawHeaders: ['Host', 'localhost:1'],
  body: Buffer.alloc(0),
  sourceIp: '127.0.0.1',
  ...given,
})

describe('httpEventOf', () => {
  it('is a payload of format 2.0, whole', () => {
    const rawHeaders = ['Host', 'localhost:1', 'User-Agent', 'test', 'Content-Type', 'application/json']
    const event = httpEventOf(request({ url: '/x/a?b=1', rawHeaders, body: Buffer.from('{}') }), facts)
    expect(event).toEqual({
      version: '2.0',
      routeKey: 'POST /x/{id}',
      rawPath: '/x/a',
      rawQueryString: 'b=1',
      headers: {
        host: 'localhost:1',
        'user-agent': 'test',
        'content-type': 'application/json',
        'x-amzn-trace-id': 'Root=1-6b011872-0123456789abcdef01234567',
        'x-forwarded-for': '127.0.0.1',
        'x-forwarded-port': '443',
        'x-forwarded-proto': 'https',
      },
      queryStringParameters: { b: '1' },
      requestContext: {
        accountId: '123456789012',
        apiId: 'local',
        domainName: 'localhost:1',
        domainPrefix: 'localhost:1',
        http: { method: 'POST', path: '/x/a', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
        requestId: facts.requestId,
        routeKey: 'POST /x/{id}',
        stage: '$default',
        time: '21/Nov/2026:04:05:06 +0000',
        timeEpoch: facts.now,
      },
      pathParameters: { id: 'a' },
      body: '{}',
      isBase64Encoded: false,
    })
  })

  it.each([
    ['decodes a parameter once', { parameters: { id: 'a%2520b' } }, 'pathParameters', { id: 'a%20b' }],
    ['leaves a broken encoding as it is', { parameters: { id: '%zz' } }, 'pathParameters', { id: '%zz' }],
    ['has no parameters where the route has none', { parameters: {} }, 'pathParameters', undefined],
  ])('%s', (_, given, member, expected) => {
    expect(httpEventOf(request(), { ...facts, ...given })[member]).toEqual(expected)
  })

  it.each([
    ['repeated values are joined by commas', '/x/a?b=1&b=2&c=%C3%A9+x', { b: '1,2', c: 'é x' }],
    ['a name like one of Object is a name', '/x/a?constructor=1', { constructor: '1' }],
    ['no query at all', '/x/a', undefined],
    ['an empty query', '/x/a?', undefined],
  ])('query: %s', (_, url, expected) => {
    expect(httpEventOf(request({ url }), facts).queryStringParameters).toEqual(expected)
  })

  it.each([
    ['the decoded path', '/x/a%20b', '/x/a b'],
    ['up to a decoded question mark', '/x/a%3Fb', '/x/a'],
  ])('rawPath is %s', (_, url, expected) => {
    expect(httpEventOf(request({ url }), facts).rawPath).toBe(expected)
  })

  it.each([
    ['application/json', false],
    ['application/json; charset=utf-8', false],
    ['application/problem+json', false],
    ['text/plain', false],
    ['application/xml', false],
    ['application/x-www-form-urlencoded', true],
    ['application/octet-stream', true],
    ['multipart/form-data; boundary=x', true],
    [undefined, true],
  ])('a body of type %s is in base64: %s', (type, isBase64Encoded) => {
    const rawHeaders = ['Host', 'localhost', ...(type === undefined ? [] : ['Content-Type', type])]
    const event = httpEventOf(request({ rawHeaders, body: Buffer.from('bödy') }), facts)
    expect(event.isBase64Encoded).toBe(isBase64Encoded)
    expect(Buffer.from(String(event.body), isBase64Encoded ? 'base64' : 'utf8').toString()).toBe('bödy')
  })

  it('has no body where none came', () => {
    expect(httpEventOf(request(), facts)).not.toHaveProperty('body')
    expect(httpEventOf(request(), facts).isBase64Encoded).toBe(false)
  })
})

describe('joinHeaders', () => {
  it.each([
    ['lower-cases names', ['X-A', '1'], { 'x-a': '1' }, []],
    [
      'joins repeats by a comma',
      ['Authorization', 'Bearer a', 'authorization', 'Bearer b'],
      { authorization: 'Bearer a,Bearer b' },
      [],
    ],
    ['takes cookies apart', ['Cookie', 'a=1; b=2'], {}, ['a=1', 'b=2']],
    ['keeps a header called __proto__', ['__proto__', 'x'], JSON.parse('{"__proto__":"x"}'), []],
  ])('%s', (_, raw, headers, cookies) => {
    const joined = joinHeaders(raw)
    expect(JSON.stringify(joined.headers)).toBe(JSON.stringify(headers))
    expect(joined.cookies).toEqual(cookies)
  })
})
