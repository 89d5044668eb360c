import type { APIGatewayProxyEventV2, Context } from 'aws-lambda'

export interface ApiRequest {
  /** Names as API Gateway passes them: lower-case. */
  readonly headers?: Readonly<Record<string, string>>
  readonly path?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
  readonly body?: string
  readonly isBase64Encoded?: boolean
  readonly requestId?: string
}

export const context = {} as Context

/** An event of API Gateway's HTTP API, payload format 2.0. A body given as text is announced as JSON. */
export function apiEvent(routeKey: string, request: ApiRequest = {}): APIGatewayProxyEventV2 {
  const [method = '', rawPath = ''] = routeKey.split(' ')
  const { requestId = 'request-1', body, path, query, isBase64Encoded = false } = request
  return {
    version: '2.0',
    routeKey,
    rawPath,
    rawQueryString: new URLSearchParams(query).toString(),
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...request.headers },
    ...(path ? { pathParameters: { ...path } } : {}),
    ...(query ? { queryStringParameters: { ...query } } : {}),
    requestContext: {
      accountId: '123456789012',
      apiId: 'api',
      domainName: 'api.example.com',
      domainPrefix: 'api',
      http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '203.0.113.1', userAgent: 'test' },
      requestId,
      routeKey,
      stage: '$default',
      time: '21/Nov/2026:09:00:00 +0000',
      timeEpoch: 1_795_251_600_000,
    },
    ...(body === undefined ? {} : { body }),
    isBase64Encoded,
  }
}
