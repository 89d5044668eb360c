import { expect } from 'vitest'
import type { Reply } from './app.ts'

/** The answer is this problem and says nothing more than a problem says, but for `more`. */
export function expectProblem(
  reply: Reply,
  status: number,
  code: string,
  more: Readonly<Record<string, unknown>> = {},
): void {
  expect([reply.status, reply.body?.code]).toEqual([status, code])
  expect(reply.headers.get('content-type')).toBe('application/problem+json')
  expect(reply.body).toEqual({
    type: `urn:stagedoor:error:${code}`,
    title: expect.any(String),
    status,
    detail: expect.any(String),
    instance: reply.headers.get('x-request-id'),
    code,
    retryable: expect.any(Boolean),
    ...more,
  })
}
