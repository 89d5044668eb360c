import type { AwsAnswer, AwsRequest, ServiceError } from './service.ts'

/** The AWS JSON protocols: the operation in `x-amz-target`, everything else in the body (smithy.io, awsJson1_0 and 1_1). */
export interface AwsJsonProtocol {
  readonly contentType: 'application/x-amz-json-1.0' | 'application/x-amz-json-1.1'
  readonly errors: Readonly<Record<ServiceError, { readonly status: number; readonly type: string }>>
}

/** An error that the service would answer; `type` is what the SDK makes the error's name of. */
export class AwsJsonError extends Error {
  readonly type: string
  readonly status: number
  readonly headers: Readonly<Record<string, string>>

  constructor(type: string, message: string, status = 400, headers: Readonly<Record<string, string>> = {}) {
    super(message)
    this.type = type
    this.status = status
    this.headers = headers
  }
}

export const operationOf = (request: AwsRequest): string =>
  (request.headers['x-amz-target'] ?? '').split('.').at(-1) ?? ''

export type Input = Readonly<Record<string, unknown>>

export function inputOf(request: AwsRequest): Input {
  try {
    const parsed: unknown = JSON.parse(request.body.toString('utf8') || '{}')
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as Input
  } catch {
    // Falls through to the one answer for everything that is no JSON object.
  }
  throw new AwsJsonError('SerializationException', 'The request is not a JSON object.')
}

const jsonAnswer = (
  protocol: AwsJsonProtocol,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): AwsAnswer => ({ status, headers: { 'content-type': protocol.contentType, ...headers }, body: JSON.stringify(body) })

const errorAnswer = (protocol: AwsJsonProtocol, error: AwsJsonError): AwsAnswer =>
  jsonAnswer(
    protocol,
    error.status,
    { __type: error.type, message: error.message, Message: error.message },
    error.headers,
  )

export const refusalAnswer = (protocol: AwsJsonProtocol, error: ServiceError, message: string): AwsAnswer => {
  const { status, type } = protocol.errors[error]
  return jsonAnswer(protocol, status, { __type: type, message, Message: message })
}

/** Runs an operation's handler, turning what it throws as an `AwsJsonError` into the service's answer. */
export async function answerJson(
  protocol: AwsJsonProtocol,
  operations: Readonly<Record<string, (input: Input) => unknown>>,
  request: AwsRequest,
): Promise<AwsAnswer> {
  try {
    const name = operationOf(request)
    const operation = Object.hasOwn(operations, name) ? operations[name] : undefined
    if (!operation) throw new AwsJsonError('UnknownOperationException', `The twin does not know ${name}.`)
    return jsonAnswer(protocol, 200, (await operation(inputOf(request))) ?? {})
  } catch (error) {
    if (error instanceof AwsJsonError) return errorAnswer(protocol, error)
    throw error
  }
}
