import { describe, expect, it } from 'vitest'
import { Fault } from '../../../lib/fault.ts'
import { isConflict, isNotFound, isQuotaExceeded, ivsFault } from '../../../lib/ivs/ivs-fault.ts'

const marker = 'm4rk3r'

const awsError = (name: string, httpStatusCode?: number): Error =>
  Object.assign(new Error(marker), { name, exceptionMessage: marker, $metadata: { httpStatusCode } })

describe('ivsFault', () => {
  it.each<[string, unknown, string, number]>([
    ['throttling', awsError('ThrottlingException', 400), 'quota_backoff', 1],
    ['throttling by the other name', awsError('TooManyRequestsException', 429), 'quota_backoff', 1],
    ['a bare 429', awsError('Unknown', 429), 'quota_backoff', 1],
    ['a count used up', awsError('ServiceQuotaExceededException', 402), 'quota_backoff', 60],
    ['a bare 402', awsError('Unknown', 402), 'quota_backoff', 60],
    ['an account under review', awsError('PendingVerification', 403), 'ivs_error', 1],
    ['a denied call', awsError('AccessDeniedException', 403), 'ivs_error', 1],
    ['an input IVS refuses', awsError('ValidationException', 400), 'ivs_error', 1],
    ['a stage that is gone', awsError('ResourceNotFoundException', 404), 'ivs_error', 1],
    ['IVS out of order', awsError('InternalServerException', 500), 'ivs_error', 1],
    ['an HTML page', awsError('SyntaxError', 502), 'ivs_error', 1],
    ['a timeout', Object.assign(new Error(marker), { name: 'TimeoutError' }), 'ivs_error', 1],
    ['a name that is not one', awsError(`${marker} ${marker}\n`, 500), 'ivs_error', 1],
    ['what is not an error', marker, 'ivs_error', 1],
    ['odd metadata', Object.assign(new Error(marker), { $metadata: null }), 'ivs_error', 1],
  ])('makes of %s', (_label, error, code, retryAfterSeconds) => {
    const fault = ivsFault(error, 'CreateStage')
    expect(fault).toMatchObject({ code, retryAfterSeconds, message: expect.stringContaining('IVS CreateStage: ') })
    expect(fault.cause).toBeUndefined()
    expect(fault.message).not.toContain(marker)
  })

  it('names the error and its status in our own log', () => {
    expect(ivsFault(awsError('AccessDeniedException', 403), 'GetStage').message).toBe(
      'IVS GetStage: AccessDeniedException (403)',
    )
    expect(ivsFault(Object.assign(new Error('x'), { name: 'TimeoutError' }), 'GetStage').message).toBe(
      'IVS GetStage: TimeoutError (no answer)',
    )
    expect(ivsFault(Object.assign(new Error('x'), { code: 'ECONNREFUSED' }), 'GetStage').message).toBe(
      'IVS GetStage: ECONNREFUSED (no answer)',
    )
  })

  it('passes a fault through', () => {
    const fault = new Fault('ivs_error', 'seen before')
    expect(ivsFault(fault, 'GetStage')).toBe(fault)
  })

  it.each([
    ['ResourceNotFoundException', 404, [true, false, false]],
    ['ConflictException', 409, [false, true, false]],
    ['ServiceQuotaExceededException', 402, [false, false, true]],
    ['UnknownOperationException', 404, [false, false, false]],
    ['ValidationException', 400, [false, false, false]],
  ])('tells %s from the others', (name, status, expected) => {
    const error = awsError(name, status)
    expect([isNotFound(error), isConflict(error), isQuotaExceeded(error)]).toEqual(expected)
  })
})
