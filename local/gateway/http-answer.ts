/** What goes back over the wire. A header with several values is sent once for each. */
export interface WireAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body: Buffer
}

/** API Gateway's own words, in its own shape: no problem+json. */
export const gatewayAnswer = (status: number, message: string): WireAnswer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(JSON.stringify({ message })),
})

export const internalServerError = (): WireAnswer => gatewayAnswer(500, 'Internal Server Error')

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

function headersOf(answer: Readonly<Record<string, unknown>>): Record<string, string | readonly string[]> {
  const headers: Record<string, string | readonly string[]> = { 'content-type': 'text/plain;charset=UTF-8' }
  if (isRecord(answer.headers)) {
    for (const [name, value] of Object.entries(answer.headers)) headers[name.toLowerCase()] = String(value)
  }
  if (Array.isArray(answer.cookies)) headers['set-cookie'] = answer.cookies.map(String)
  return headers
}

/**
 * What an HTTP API makes of a function's answer (payload format 2.0): one without `statusCode` is a body on its own, one whose
 * shape is wrong is a 500.
 */
export function wireAnswerOf(answer: unknown): WireAnswer {
  if (!isRecord(answer) || !('statusCode' in answer)) {
    return { status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from(textOf(answer)) }
  }
  const status = Number(answer.statusCode)
  if (!Number.isInteger(status) || status < 100 || status > 599) return internalServerError()
  const body = answer.body === undefined || answer.body === null ? '' : textOf(answer.body)
  return {
    status,
    headers: headersOf(answer),
    body: Buffer.from(body, answer.isBase64Encoded === true ? 'base64' : 'utf8'),
  }
}
