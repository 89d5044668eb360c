import type { EpochMs } from '../../lib/time.ts'

/** A request as it came over the wire, its body read. */
export interface WireRequest {
  readonly method: string
  /** Path and query, as in the request line. */
  readonly url: string
  /** Name, value, name, value …: as sent, repeats included. */
  readonly rawHeaders: readonly string[]
  readonly body: Buffer
  readonly sourceIp: string
}

export interface EventFacts {
  readonly routeKey: string
  readonly parameters: Readonly<Record<string, string>>
  readonly requestId: string
  readonly accountId: string
  readonly now: EpochMs
}

/** What API Gateway hands over as text; everything else, and a body without a type, arrives in base64. */
const TEXT_TYPE = /^(?:text\/.*|application\/(?:[\w.+-]*\+)?(?:json|xml)|application\/javascript)\s*(?:;|$)/i
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Lower-case names; the values of a repeated header joined by commas, cookies apart. */
export function joinHeaders(rawHeaders: readonly string[]): { headers: Record<string, string>; cookies: string[] } {
  const headers: Record<string, string> = Object.create(null)
  const cookies: string[] = []
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] ?? '').toLowerCase()
    const value = rawHeaders[i + 1] ?? ''
    if (name === 'cookie') cookies.push(...value.split(';').map((cookie) => cookie.trim()))
    else headers[name] = name in headers ? `${headers[name]},${value}` : value
  }
  return { headers: { ...headers }, cookies }
}

/** Percent-decoding that leaves what is no valid encoding as it is, as API Gateway does. */
function decodeOnce(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function queryOf(rawQuery: string): Record<string, string> | undefined {
  if (rawQuery === '') return undefined
  const values: Record<string, string> = Object.create(null)
  for (const [name, value] of new URLSearchParams(rawQuery)) {
    values[name] = name in values ? `${values[name]},${value}` : value
  }
  return { ...values }
}

/** `21/Nov/2026:04:49:28 +0000` */
function clfTime(now: EpochMs): string {
  const [date = '', time = ''] = new Date(now).toISOString().split('T')
  const [year, month, day] = date.split('-')
  return `${day}/${MONTHS[Number(month) - 1]}/${year}:${time.slice(0, 8)} +0000`
}

/** The event of an HTTP API's payload format 2.0. */
export function httpEventOf(request: WireRequest, facts: EventFacts): Record<string, unknown> {
  const [path = '', rawQueryString = ''] = request.url.split(/\?(.*)/s)
  const { headers, cookies } = joinHeaders(request.rawHeaders)
  const query = queryOf(rawQueryString)
  const parameters = Object.entries(facts.parameters).map(([name, value]) => [name, decodeOnce(value)])
  const isText = TEXT_TYPE.test(headers['content-type'] ?? '')
  const domainName = headers.host ?? 'localhost'
  // An HTTP API decodes the path, and what follows a decoded question mark is lost.
  const rawPath = decodeOnce(path).split('?')[0]
  return {
    version: '2.0',
    routeKey: facts.routeKey,
    rawPath,
    rawQueryString,
    ...(cookies.length > 0 ? { cookies } : {}),
    headers: {
      ...headers,
      'x-amzn-trace-id': `Root=1-${Math.floor(facts.now / 1000).toString(16)}-${facts.requestId.replaceAll('-', '').slice(0, 24)}`,
      'x-forwarded-for': request.sourceIp,
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
    },
    ...(query ? { queryStringParameters: query } : {}),
    requestContext: {
      accountId: facts.accountId,
      apiId: 'local',
      domainName,
      domainPrefix: domainName.split('.')[0],
      http: {
        method: request.method,
        path: rawPath,
        protocol: 'HTTP/1.1',
        sourceIp: request.sourceIp,
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: facts.requestId,
      routeKey: facts.routeKey,
      stage: '$default',
      time: clfTime(facts.now),
      timeEpoch: Math.floor(facts.now),
    },
    ...(parameters.length > 0 ? { pathParameters: Object.fromEntries(parameters) } : {}),
    ...(request.body.length > 0 ? { body: request.body.toString(isText ? 'utf8' : 'base64') } : {}),
    isBase64Encoded: request.body.length > 0 && !isText,
  }
}
