import { request } from 'node:http'
import { describe, expect, it } from 'vitest'
import { ACCOUNT, REGION, served } from './stand.ts'

const { stand, url } = served()

const scope = (service = 'ivs', region = REGION) => `AKIDEXAMPLE/20261121/${region}/${service}/aws4_request`
const signed = (credential = scope()) =>
  `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}`

interface Answer {
  readonly status: number | undefined
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

/** Sends exactly what it is given: `fetch` would tidy paths and add headers. */
function send(method: string, path: string, body = '', headers: Record<string, string> = {}): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  const options = {
    method,
    path,
    headers: { authorization: signed(), 'content-length': Buffer.byteLength(body), ...headers },
    agent: false,
  } as const
  request(url(), options, (response) => {
    let text = ''
    response.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
    })
    response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body: text }))
  })
    .on('error', reject)
    .end(body)
  return promise
}

const stageArn = () => (stand.ivs.invoke('CreateStage', { tags: { a: 'b' } }) as { stage: { arn: string } }).stage.arn

describe('a request that is not signed for the service', () => {
  it.each([
    ['not at all', '', 'MissingAuthenticationToken'],
    ['with a bearer token', 'Bearer abc', 'IncompleteSignature'],
    ['without a signature', signed().split(', Signature')[0] ?? '', 'IncompleteSignature'],
    ['for another service', signed(scope('ivs-realtime')), 'IncompleteSignature'],
    ['for another region', signed(scope('ivs', 'us-west-2')), 'IncompleteSignature'],
  ])('is refused: %s', async (_, authorization, name) => {
    const before = stand.ivs.snapshot().length
    const answer = await send('POST', '/CreateStage', '{}', { authorization })
    expect(answer).toMatchObject({ status: 403, headers: { 'x-amzn-errortype': name } })
    expect(stand.ivs.snapshot()).toHaveLength(before)
  })
})

describe('a path and method', () => {
  it.each([
    ['GET', '/CreateStage'],
    ['PUT', '/CreateStage'],
    ['POST', '/createstage'],
    ['POST', '/CreateStage/'],
    ['POST', '/CreateChannel'],
    ['POST', '/'],
    ['PATCH', '/tags/arn'],
    ['GET', '/tags/'],
    ['GET', '/tags/a/b'],
    ['GET', '/tags/%zz'],
    ['POST', '/constructor'],
  ])('that names no operation answers 404: %s %s', async (method, path) => {
    const answer = await send(method, path, '{}')
    expect(answer).toMatchObject({ status: 404, headers: { 'x-amzn-errortype': 'UnknownOperation' } })
  })
})

describe('a body', () => {
  it.each([
    ['cut short', '{"name":'],
    ['a list', '[]'],
    ['null', 'null'],
    ['text', '"name"'],
    ['not UTF-8', Buffer.from([0x22, 0xff, 0x22]).toString('latin1')],
    ['with a lone surrogate', '{"name":"\\ud800"}'],
  ])('that is %s is refused with 400', async (_, body) => {
    const answer = await send('POST', '/CreateStage', body)
    expect(answer).toMatchObject({ status: 400, headers: { 'x-amzn-errortype': 'ValidationException' } })
  })

  it.each([
    ['missing', ''],
    ['an empty object', '{}'],
    ['of unknown members and nulls', '{"nmae":1,"name":null,"__proto__":{"name":1},"toString":1}'],
  ])('that is %s means no input', async (_, body) => {
    expect(await send('POST', '/CreateStage', body)).toMatchObject({ status: 200 })
  })

  it('larger than a megabyte is refused', async () => {
    const answer = await send('POST', '/CreateStage', `{"name":"${'a'.repeat(1024 * 1024)}"}`)
    expect(answer).toMatchObject({ status: 400, headers: { 'x-amzn-errortype': 'ValidationException' } })
  })

  it('never shows up in an error', async () => {
    const secret = 'surely-secret!'
    const arn = stageArn()
    const bodies = [
      ['/CreateStage', { name: secret }],
      ['/CreateParticipantToken', { stageArn: arn, attributes: { note: secret.repeat(100) } }],
      ['/CreateParticipantToken', { stageArn: arn, capabilities: [secret] }],
      ['/ImportPublicKey', { publicKeyMaterial: secret }],
      ['/CreateStage', { tags: { 'aws:x': secret } }],
    ] as const
    for (const [path, body] of bodies) {
      const answer = await send('POST', path, JSON.stringify(body))
      expect(answer.status).toBe(400)
      expect(answer.body).not.toContain(secret)
    }
  })
})

describe('an answer', () => {
  it('is JSON with a request id and the headers AWS adds, whether it succeeds or not', async () => {
    const answers = [await send('POST', '/CreateStage'), await send('POST', '/GetStage', '{}'), await send('GET', '/x')]
    for (const { headers } of answers) {
      expect(headers).toMatchObject({
        'content-type': 'application/json',
        'x-amzn-requestid': expect.stringMatching(/^[0-9a-f-]{36}$/),
        'access-control-allow-origin': '*',
        'x-content-type-options': 'nosniff',
      })
    }
    expect(new Set(answers.map(({ headers }) => headers['x-amzn-requestid']))).toHaveProperty('size', 3)
  })

  it('to a failure holds its text under exceptionMessage alone', async () => {
    const { body, headers } = await send('POST', '/GetStage', '{}')
    expect(headers).toMatchObject({ 'x-amzn-errortype': 'ValidationException' })
    expect(Object.keys(JSON.parse(body))).toEqual(['exceptionMessage'])
  })

  it('without members is an empty object', async () => {
    expect(await send('POST', '/DeleteStage', JSON.stringify({ arn: stageArn() }))).toMatchObject({ body: '{}' })
  })
})

describe('tags of an ARN in the path', () => {
  const at = (arn: string) => `/tags/${encodeURIComponent(arn)}`

  it('are read, set and taken away with the ARN percent-encoded', async () => {
    const path = at(stageArn())
    expect(await send('POST', path, '{"tags":{"c":"d e"}}')).toMatchObject({ status: 200, body: '{}' })
    expect(JSON.parse((await send('GET', path)).body)).toEqual({ tags: { a: 'b', c: 'd e' } })
    expect(await send('DELETE', `${path}?tagKeys=a&tagKeys=x%20y`)).toMatchObject({ status: 200 })
    expect(JSON.parse((await send('GET', path)).body)).toEqual({ tags: { c: 'd e' } })
  })

  it.each([
    ['with its slash as it is', 404, (arn: string) => `/tags/${arn}`],
    ['encoded twice', 400, (arn: string) => at(encodeURIComponent(arn))],
    ['cut short', 400, () => at('arn:aws:ivs')],
    ['of nothing there is', 404, () => at(`arn:aws:ivs:${REGION}:${ACCOUNT}:stage/none`)],
  ])('%s answer %s', async (_, status, pathOf) => {
    expect(await send('GET', pathOf(stageArn()))).toMatchObject({ status })
  })

  it('need tagKeys in the query to be taken away', async () => {
    expect(await send('DELETE', at(stageArn()), '{"tagKeys":["a"]}')).toMatchObject({ status: 400 })
  })

  it('are not taken from a resourceArn in the body', async () => {
    const [first, second] = [stageArn(), stageArn()]
    await send('POST', at(first), JSON.stringify({ resourceArn: second, tags: { who: 'first' } }))
    expect(stand.ivs.tagsOf(first)).toMatchObject({ who: 'first' })
    expect(stand.ivs.tagsOf(second)).not.toHaveProperty('who')
  })
})

describe('what an IAM judge is told', () => {
  const describeOf = (path: string, body: object) =>
    stand.ivs.describe({ method: 'POST', path, query: '', headers: {}, body: Buffer.from(JSON.stringify(body)) })

  it('names the operation, every right it takes, the resources and the tags', () => {
    const anyStage = `arn:aws:ivs:${REGION}:${ACCOUNT}:stage/*`
    expect(describeOf('/CreateStage', { tags: { a: 'b' } })).toEqual({
      operation: 'CreateStage',
      actions: ['ivs:CreateStage', 'ivs:TagResource'],
      resourceArns: [anyStage],
      requestTags: { a: 'b' },
    })
    expect(describeOf('/ListStages', {})).toMatchObject({ actions: ['ivs:ListStages'], resourceArns: [anyStage] })
    expect(describeOf('/GetStage', { arn: 'arn:x' })).toMatchObject({ resourceArns: ['arn:x'] })
    expect(describeOf('/tags/arn%3Ax', { tags: { a: 'b' } })).toMatchObject({
      actions: ['ivs:TagResource'],
      resourceArns: ['arn:x'],
    })
    expect(describeOf('/Nothing', {})).toBeUndefined()
  })
})
