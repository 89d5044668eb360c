import { describe, expect, it } from 'vitest'
import { type Assumptions, parseAssumption } from '../../../local/ivs/assumptions.ts'
import { exceptionOf, reasonOf, room } from './room.ts'
import { NOON, type Stand, stand } from './stand.ts'

const assuming = (assume: Partial<Assumptions>) => {
  const made = stand({ assume })
  return { made, r: room(made) }
}

/** What is not known about IVS: the switch, one reading, and what then happens. The first row of a pair is the default. */
describe('under the assumption', () => {
  it.each([
    [undefined, 'ResourceNotFoundException', 'ok'],
    [{ disconnectRevokesNeverJoined: true }, 'none', 'PARTICIPANT_DISCONNECTED'],
  ])('%o, disconnecting an id that never joined answers %s and then joining %s', (assume, answer, joining) => {
    const { made, r } = assuming({ ...assume })
    const { token, participantId } = r.apiToken()
    expect(exceptionOf(made, 'DisconnectParticipant', { stageArn: r.stageArn, participantId })).toBe(answer)
    expect(reasonOf(made.ivs.side.join({ token }))).toBe(joining)
  })

  it.each([
    [undefined, 'PARTICIPANT_DISCONNECTED'],
    [{ disconnectedIdRefused: false }, 'ok'],
  ])('%o, a disconnected id that joins again is answered %s', (assume, joining) => {
    const { made, r } = assuming({ ...assume })
    const { token, participantId } = r.apiToken()
    made.ivs.side.join({ token })
    made.ivs.invoke('DisconnectParticipant', { stageArn: r.stageArn, participantId })
    expect(reasonOf(made.ivs.side.join({ token }))).toBe(joining)
  })

  it.each([
    [undefined, 'TOKEN_INVALID', 'TOKEN_EXPIRED'],
    [{ clockLeewaySeconds: 5 }, 'ok', 'ok'],
  ])('%o, five seconds early is %s and five late is %s', (assume, early, late) => {
    const { made, r } = assuming({ ...assume })
    const now = NOON / 1000
    expect(reasonOf(made.ivs.side.join({ token: r.selfSigned({ iat: now + 5 }) }))).toBe(early)
    expect(reasonOf(made.ivs.side.join({ token: r.selfSigned({ iat: now - 60, exp: now - 4 }) }))).toBe(late)
  })

  it.each([
    [undefined, 'TOKEN_INVALID'],
    [{ attributesClaimRequired: false }, 'ok'],
  ])('%o, a token without attributes is %s', (assume, joining) => {
    const { made, r } = assuming({ ...assume })
    expect(reasonOf(made.ivs.side.join({ token: r.selfSigned({ attributes: undefined }) }))).toBe(joining)
  })

  it.each([
    [undefined, 'TOKEN_INVALID'],
    [{ emptyGrantRefused: false }, 'ok'],
  ])('%o, a token that allows nothing is %s', (assume, joining) => {
    const { made, r } = assuming({ ...assume })
    expect(reasonOf(made.ivs.side.join({ token: r.selfSigned({ capabilities: {} }) }))).toBe(joining)
  })

  it.each([
    [undefined, 'none', ['PUBLISH', 'SUBSCRIBE']],
    [{ emptyCapabilities: 'none' }, 'none', []],
    [{ emptyCapabilities: 'refused' }, 'ValidationException', undefined],
  ])('%o, an empty list of capabilities answers %s and means %o', (assume, answer, capabilities) => {
    const { made, r } = assuming({ ...assume })
    const input = { stageArn: r.stageArn, capabilities: [] }
    expect(exceptionOf(made, 'CreateParticipantToken', input)).toBe(answer)
    if (!capabilities) return
    const answered = made.ivs.invoke('CreateParticipantToken', input) as { participantToken: object }
    expect(answered.participantToken).toMatchObject({ capabilities })
  })

  it.each([
    [undefined, 1017, 'ValidationException'],
    [undefined, 1016, 'none'],
    [{ attributesCount: 'text' }, 1023, 'none'],
    [{ attributesCount: 'text' }, 1024, 'ValidationException'],
  ])('%o, an attribute of one letter and %i bytes answers %s', (assume, length, answer) => {
    const { made, r } = assuming({ ...assume })
    const input = { stageArn: r.stageArn, attributes: { a: 'x'.repeat(length) } }
    expect(exceptionOf(made, 'CreateParticipantToken', input)).toBe(answer)
  })

  it.each([
    [undefined, 'TOKEN_EXPIRED'],
    [{ expiryCheckedOnSubscribe: false }, 'ok'],
  ])('%o, subscribing past exp is answered %s', (assume, answer) => {
    const { made, r } = assuming({ ...assume })
    const participantId = r.enter({ input: { duration: 1 } })
    made.now += 60_000
    expect(reasonOf(made.ivs.side.subscribe({ participantId }))).toBe(answer)
  })

  it.each([
    [undefined, true],
    [{ tokenEcho: false }, false],
  ])('%o, a token’s input is repeated in the answer: %s', (assume, isThere) => {
    const { made, r } = assuming({ ...assume })
    const input = { stageArn: r.stageArn, userId: 'alice', duration: 5 }
    const { participantToken } = made.ivs.invoke('CreateParticipantToken', input) as { participantToken: object }
    expect('userId' in participantToken && 'duration' in participantToken).toBe(isThere)
  })

  it.each([
    [undefined, 'ResourceNotFoundException'],
    [{ listsOfMissing: 'empty' }, 'none'],
  ])('%o, lists below what is not there answer %s', (assume, answer) => {
    const { made, r } = assuming({ ...assume })
    const absent = { stageArn: `${r.stageArn}x`, sessionId: 'st-abcdefghijklm' }
    expect(exceptionOf(made, 'ListStageSessions', absent)).toBe(answer)
    expect(exceptionOf(made, 'ListParticipants', absent)).toBe(answer)
    expect(exceptionOf(made, 'ListParticipantEvents', { ...absent, participantId: 'a' })).toBe(answer)
    const replicas = { sourceStageArn: absent.stageArn, participantId: 'a' }
    expect(exceptionOf(made, 'ListParticipantReplicas', replicas)).toBe(answer)
  })

  it.each([
    [undefined, true],
    [{ viewersKeepSession: false }, false],
    [{ sessionLingerSeconds: 3600, viewersKeepSession: false }, true],
  ])('%o, a session without a publisher lasts for its viewers: %s', (assume, isThere) => {
    const { made, r } = assuming({ ...assume })
    r.enter()
    made.now += 180_000
    expect(r.sessionId() !== '').toBe(isThere)
  })
})

const call = (made: Stand, path: string, body: object, circumstances?: { readLagMs: number }) => {
  const request = { method: 'POST', path, query: '', headers: {}, body: Buffer.from(JSON.stringify(body)) }
  const answer = made.ivs.call(request, circumstances)
  return { status: answer.status, type: answer.headers['x-amzn-errortype'], body: JSON.parse(answer.body) }
}

describe('reads after a create', () => {
  it('lag by 200 ms unless told otherwise, while writes see what is', () => {
    const made = stand({ assume: { readLagMs: 200 } })
    const { stage } = call(made, '/CreateStage', {}).body
    expect(call(made, '/GetStage', { arn: stage.arn })).toMatchObject({ status: 404 })
    expect(call(made, '/ListStages', {}).body.stages).toEqual([])
    expect(call(made, '/UpdateStage', { arn: stage.arn, name: 'x' })).toMatchObject({ status: 200 })
    expect(call(made, '/CreateParticipantToken', { stageArn: stage.arn })).toMatchObject({ status: 200 })
    made.now += 200
    expect(call(made, '/GetStage', { arn: stage.arn })).toMatchObject({ status: 200 })
    expect(call(made, '/ListStages', {}).body.stages).toHaveLength(1)
  })

  it('can lag for one call alone', () => {
    const made = stand()
    const { stage } = call(made, '/CreateStage', {}).body
    expect(call(made, '/GetStage', { arn: stage.arn }, { readLagMs: 1 })).toMatchObject({ status: 404 })
    expect(call(made, '/GetStage', { arn: stage.arn })).toMatchObject({ status: 200 })
  })
})

describe('tokens after a create', () => {
  it.each([
    [undefined, 'none'],
    [{ mintLagMs: 300 }, 'ResourceNotFoundException'],
  ])('under %o answer %s at once, and are there later', (assume, answer) => {
    const { made, r } = assuming({ ...assume })
    expect(exceptionOf(made, 'CreateParticipantToken', { stageArn: r.stageArn })).toBe(answer)
    made.now += 300
    expect(exceptionOf(made, 'CreateParticipantToken', { stageArn: r.stageArn })).toBe('none')
  })
})

describe('throttling and errors travel', () => {
  it.each([
    [undefined, 'ThrottlingException', 'exceptionMessage'],
    [{ throttling: 'TooManyRequestsException', errorTextMember: 'message' }, 'TooManyRequestsException', 'message'],
  ])('under %o as %s, with the text in %s', (assume, type, member) => {
    const made = stand({ assume: { ...assume }, quotas: true })
    const answers = [1, 2, 3, 4, 5, 6].map(() => call(made, '/ListStages', {}))
    expect(answers.at(-1)).toEqual({ status: 429, type, body: { [member]: 'Rate exceeded' } })
  })
})

describe('an assumption on a command line', () => {
  it.each([
    ['readLagMs=0', { readLagMs: 0 }],
    ['tokenEcho=false', { tokenEcho: false }],
    ['listsOfMissing=empty', { listsOfMissing: 'empty' }],
    ['tokenEcho=no', undefined],
    ['readLagMs=-1', undefined],
    ['listsOfMissing=maybe', undefined],
    ['toString=1', undefined],
    ['', undefined],
  ])('%s is read as %o', (text, expected) => {
    expect(parseAssumption(text)).toEqual(expected)
  })
})
