import { beforeEach, describe, expect, it } from 'vitest'
import { Fault } from '../../../lib/fault.ts'
import { createIvsClient } from '../../../lib/ivs/ivs-client.ivs.ts'
import type { TokenVendor } from '../../../lib/token/participant-token.ts'
import { createTokenVendor } from '../../../lib/token/vendor.ivs.ts'
import { type AwsAnswer, type AwsRequest, standInForAws } from '../../support/aws-endpoint.ts'
import { signedTerms } from './terms.ts'

const marker = 'm4rk3rOfAToken'
const made = { participantId: 'AbCd12345678', token: marker, expirationTime: '2027-01-15T08:00:00.750Z' }
const { stageArn, userId } = signedTerms()
const terms = { stageArn, userId, capabilities: ['SUBSCRIBE'] as const, attributes: { role: 'viewer' }, duration: 720 }

let asked: Pick<AwsRequest, 'path' | 'body'>[] = []
let answer: AwsAnswer

standInForAws('AWS_ENDPOINT_URL_IVS_REALTIME', ({ path, body }) => {
  asked.push({ path, body })
  return answer
})

let vendor: TokenVendor
beforeEach(() => {
  asked = []
  vendor = createTokenVendor({ client: createIvsClient() })
})

describe('the token vendor', () => {
  it('asks in minutes, always with capabilities, and takes id and expiry from the answer', async () => {
    answer = { status: 200, body: { participantToken: made } }
    expect(await vendor.create(terms)).toEqual({
      participantId: 'AbCd12345678',
      token: marker,
      expiresAt: 1_800_000_000,
    })
    expect(asked).toEqual([{ path: '/CreateParticipantToken', body: terms }])
  })

  it('never asks without a capability', async () => {
    await expect(vendor.create({ ...terms, capabilities: [] })).rejects.toThrow(RangeError)
    expect(asked).toEqual([])
  })

  it.each([
    ['no token object', {}],
    ['no token', { participantToken: { ...made, token: undefined } }],
    ['an empty token', { participantToken: { ...made, token: '' } }],
    ['no id', { participantToken: { ...made, participantId: undefined } }],
    ['an id nobody may have', { participantToken: { ...made, participantId: 'a/b' } }],
    ['no expiry', { participantToken: { ...made, expirationTime: undefined } }],
  ])('faults on an answer with %s', async (_label, body) => {
    answer = { status: 200, body }
    const fault = await vendor.create(terms).catch((error: unknown) => error)
    expect(fault).toBeInstanceOf(Fault)
    expect(fault).toHaveProperty('code', 'ivs_error')
    expect(String(fault)).not.toContain(marker)
  })

  it.each([
    [429, 'ThrottlingException', 'quota_backoff'],
    [402, 'ServiceQuotaExceededException', 'quota_backoff'],
    [403, 'PendingVerification', 'ivs_error'],
    [404, 'ResourceNotFoundException', 'ivs_error'],
    [400, 'ValidationException', 'ivs_error'],
  ])('makes a fault of %i %s, with nothing of what IVS said', async (status, errorType, code) => {
    answer = { status, errorType, body: { exceptionMessage: marker } }
    const fault = await vendor.create(terms).catch((error: unknown) => error)
    expect(fault).toMatchObject({ code, message: `IVS CreateParticipantToken: ${errorType} (${status})` })
    expect(fault).not.toHaveProperty('cause.message')
  })
})
