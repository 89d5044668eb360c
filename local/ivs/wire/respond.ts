import type { IvsException } from '../exception.ts'
import type { IvsResponse } from '../face.ts'
import type { Row } from '../model/row.ts'

/** Headers AWS adds to every answer; the model names them as output members of the replication operations. */
const common = {
  'content-type': 'application/json',
  'access-control-allow-origin': '*',
  'access-control-expose-headers':
    'Access-Control-Allow-Origin,Access-Control-Expose-Headers,Cache-Control,Content-Length,Content-Security-Policy,Content-Type,date,Strict-Transport-Security,x-amzn-requestid,x-amz-id-2,X-Content-Type-Options,X-Frame-Options',
  'cache-control': 'no-store, no-cache',
  'content-security-policy': "default-src 'self'; upgrade-insecure-requests;",
  'strict-transport-security': 'max-age:47304000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

export const success = (row: Row, output: Readonly<Record<string, unknown>>, requestId: string): IvsResponse => ({
  status: row.status ?? 200,
  headers: { ...common, 'x-amzn-requestid': requestId },
  body: row.status === 204 ? '' : JSON.stringify(output),
})

/** `textMember`: the JSON member the text travels in, which is not known for the live service. */
export const failure = (exception: IvsException, textMember: string, requestId: string): IvsResponse => ({
  status: exception.status,
  headers: { ...common, 'x-amzn-requestid': requestId, 'x-amzn-errortype': exception.name },
  body: JSON.stringify({ [textMember]: exception.message }),
})
