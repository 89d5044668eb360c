import { describe, expect, it } from 'vitest'
import { createIvsStages } from '../../../lib/ivs/ivs-stages.ivs.ts'
import { awsError, ivsAnswering } from '../../support/ivs-answers.ts'
import { arnOf } from '../../support/stages.ts'

const arn = arnOf('s')
const endpoints = { events: 'wss://e', whip: 'https://w', rtmp: 'rtmp://x' }

function stagesOf(replies: Parameters<typeof ivsAnswering>[0], random = 0) {
  const waits: number[] = []
  const ivs = ivsAnswering(replies)
  const wait = async (ms: number): Promise<void> => {
    waits.push(ms)
  }
  return { ...ivs, waits, stages: createIvsStages({ client: ivs.client, wait, random: () => random }) }
}

describe('stages in IVS', () => {
  it('creates one with its name and tags', async () => {
    const { stages, sent } = stagesOf({ CreateStage: () => ({ stage: { arn, endpoints } }) })
    expect(await stages.create('hall', { a: 'b' })).toEqual({
      stageArn: arn,
      endpoints: { events: 'wss://e', whip: 'https://w' },
      tags: { a: 'b' },
    })
    expect(sent).toEqual([{ operation: 'CreateStage', input: { name: 'hall', tags: { a: 'b' } } }])
  })

  it.each([
    ['nothing', undefined],
    ['no endpoints', { arn }],
    ['half of them', { arn, endpoints: { events: 'wss://e' } }],
    ['no ARN', { endpoints }],
  ])('takes no stage for one of which IVS answers %s', async (_label, stage) => {
    const { stages } = stagesOf({ CreateStage: () => ({ stage }), GetStage: () => ({ stage }) })
    await expect(stages.create('hall', {})).rejects.toMatchObject({ code: 'ivs_error' })
    await expect(stages.get(arn)).rejects.toMatchObject({ code: 'ivs_error' })
  })

  it('reads one with its tags', async () => {
    const { stages } = stagesOf({ GetStage: () => ({ stage: { arn, endpoints, tags: { a: 'b' } } }) })
    expect(await stages.get(arn)).toMatchObject({ stageArn: arn, tags: { a: 'b' } })
  })

  it.each([
    ['ResourceNotFoundException', 404],
    ['AccessDeniedException', 403],
  ])('finds none where IVS says %s', async (name, status) => {
    const { stages } = stagesOf({ GetStage: () => awsError(name, status) })
    expect(await stages.get(arn)).toBeUndefined()
  })

  it.each([
    ['ThrottlingException', 429, 'quota_backoff'],
    ['ServiceQuotaExceededException', 402, 'quota_backoff'],
    ['PendingVerification', 403, 'ivs_error'],
  ])('%s is a fault without a word of the upstream text', async (name, status, code) => {
    const all = () => awsError(name, status)
    const { stages } = stagesOf({ CreateStage: all, GetStage: all, TagResource: all, UntagResource: all })
    for (const call of [
      stages.create('x', {}),
      stages.get(arn),
      stages.tag(arn, { a: 'b' }),
      stages.untag(arn, ['a']),
    ]) {
      await expect(call).rejects.toMatchObject({ code, message: expect.not.stringContaining('upstream') })
    }
  })

  it('asks nothing where there is nothing to tag or to untag', async () => {
    const { stages, sent } = stagesOf({})
    await stages.tag(arn, {})
    await stages.untag(arn, [])
    expect(sent).toEqual([])
    await stages.tag(arn, { a: 'b' })
    await stages.untag(arn, ['a'])
    expect(sent.map(({ input }) => input)).toEqual([
      { resourceArn: arn, tags: { a: 'b' } },
      { resourceArn: arn, tagKeys: ['a'] },
    ])
  })
})

describe('deleting a stage in IVS', () => {
  const failing = (times: number, error: () => Error) => {
    let left = times
    return stagesOf({ DeleteStage: () => (left-- > 0 ? error() : {}) })
  }
  const conflict = () => awsError('ConflictException', 409)

  it('is done where it is gone already', async () => {
    const { stages, waits } = stagesOf({ DeleteStage: () => awsError('ResourceNotFoundException', 404) })
    await stages.remove(arn)
    expect(waits).toEqual([])
  })

  it.each<[string, () => Error]>([
    ['a conflict', conflict],
    ['throttling', () => awsError('ThrottlingException', 429)],
  ])('is tried again after %s, later each time, and never for long', async (_label, error) => {
    const { stages, waits, sent } = failing(4, error)
    await stages.remove(arn)
    expect(sent).toHaveLength(5)
    expect(waits).toEqual([...waits].sort((one, other) => one - other))
    expect(waits.every((ms) => ms > 0 && ms <= 2_000)).toBe(true)
  })

  it('says so where it still does not work', async () => {
    const { stages, sent } = failing(5, conflict)
    await expect(stages.remove(arn)).rejects.toMatchObject({ code: 'ivs_error' })
    expect(sent).toHaveLength(5)
  })

  it.each<[string, () => unknown, boolean]>([
    [
      'done where looking says that it is gone: its tag went with it',
      () => awsError('ResourceNotFoundException', 404),
      true,
    ],
    ['a fault where it is still there', () => ({ stage: { arn, endpoints } }), false],
    ['a fault where that is not said either', () => awsError('ThrottlingException', 429), false],
  ])('being denied it is %s', async (_label, look, done) => {
    const { stages, operations } = stagesOf({
      DeleteStage: () => awsError('AccessDeniedException', 403),
      GetStage: look,
    })
    const answer = await stages.remove(arn).catch((error: unknown) => error)
    expect(answer === undefined).toBe(done)
    if (!done) expect(answer).toMatchObject({ code: 'ivs_error' })
    expect(operations()).toEqual(['DeleteStage', 'GetStage'])
  })
})
