import { describe, expect, it } from 'vitest'
import { made as make } from './conformance/furnished.ts'
import { exceptionOf, reasonOf, room } from './room.ts'
import { type Stand, stand } from './stand.ts'

const OVER = 'ServiceQuotaExceededException'
const s3 = { bucketName: 'bucket' }

function call(made: Stand, operation: string): number {
  const path = `/${operation}`
  return made.ivs.call({ method: 'POST', path, query: '', headers: {}, body: Buffer.from('{}') }).status
}

/** Calls until one is throttled; answers how many were not. */
function burst(made: Stand, operation: string): number {
  for (let count = 0; count < 1000; count++) if (call(made, operation) === 429) return count
  return Number.POSITIVE_INFINITY
}

describe('call rates', () => {
  it.each([
    ['CreateParticipantToken', 50],
    ['CreateStage', 5],
    ['GetStage', 5],
    ['ListParticipants', 5],
    ['DisconnectParticipant', 5],
    ['ImportPublicKey', 3],
    ['ListPublicKeys', 3],
    ['StartComposition', 5],
  ])('let %s through %i times in a second', (operation, times) => {
    const made = stand({ quotas: true })
    expect(burst(made, operation)).toBe(times)
    made.now += 999
    expect(burst(made, operation)).toBe(times - 1)
    made.now += 60_000
    expect(burst(made, operation)).toBe(times)
  })

  it('are counted for each operation apart, and not at all unless quotas are on', () => {
    const made = stand({ quotas: true })
    burst(made, 'ListStages')
    expect(call(made, 'ListCompositions')).toBe(200)
    expect(burst(stand(), 'ListStages')).toBe(Number.POSITIVE_INFINITY)
  })
})

describe('counts', () => {
  it.each([
    ['CreateStage', {}, 1000],
    ['CreateIngestConfiguration', { ingestProtocol: 'RTMPS' }, 100],
    ['CreateEncoderConfiguration', {}, 20],
    ['CreateStorageConfiguration', { s3 }, 5],
  ])('let %s with %o succeed %i times when quotas are on', (operation, input, times) => {
    const made = stand({ quotas: true })
    for (let count = 0; count < times; count++) made.ivs.invoke(operation, input)
    expect(exceptionOf(made, operation, input)).toBe(OVER)
    const free = stand()
    for (let count = 0; count < times; count++) free.ivs.invoke(operation, input)
    expect(exceptionOf(free, operation, input)).toBe('none')
  })

  it('allow five compositions on a stage and twenty in all', () => {
    const made = stand({ quotas: true })
    const encoderArn = make(made, 'CreateEncoderConfiguration', {}, 'encoderConfiguration').arn
    const storageArn = make(made, 'CreateStorageConfiguration', { s3 }, 'storageConfiguration').arn
    const destinations = [{ s3: { storageConfigurationArn: storageArn, encoderConfigurationArns: [encoderArn] } }]
    const startFive = () => {
      const stageArn = make(made, 'CreateStage', {}, 'stage').arn
      return [1, 2, 3, 4, 5, 6].map(() => exceptionOf(made, 'StartComposition', { stageArn, destinations }))
    }
    const results = [startFive(), startFive(), startFive(), startFive(), startFive()]
    expect(results[0]).toEqual([...Array(5).fill('none'), OVER])
    expect(results[3]).toEqual(results[0])
    expect(results[4]).toEqual(Array(6).fill(OVER))
  })

  it('allow a thousand publishers over all stages', () => {
    const made = stand({ quotas: true })
    const stages = Array.from({ length: 84 }, () => make(made, 'CreateStage', {}, 'stage').arn)
    const seats = stages.flatMap((stageArn) => Array(12).fill(stageArn) as string[])
    const results = seats.slice(0, 1001).map((stageArn) => {
      const input = { stageArn, capabilities: ['PUBLISH'] }
      const { token, participantId = '' } = make(made, 'CreateParticipantToken', input, 'participantToken')
      made.ivs.side.join({ token })
      return reasonOf(made.ivs.side.publish({ participantId }))
    })
    expect(results.slice(0, 1000)).toEqual(Array(1000).fill('ok'))
    expect(results[1000]).toBe('STAGE_AT_CAPACITY')
  })

  it('allow twenty thousand subscriptions over all stages', () => {
    const made = stand({ quotas: true })
    const r = room(made)
    for (let count = 0; count < 12; count++) r.enter({ publish: true, input: { capabilities: ['PUBLISH'] } })
    const subscribe = () => reasonOf(made.ivs.side.subscribe({ participantId: r.enter() }))
    for (let count = 0; count < 1666; count++) subscribe()
    expect(subscribe()).toBe('STAGE_AT_CAPACITY')
    const participantId = r.enter()
    const remoteParticipantId = 'absent'
    expect(reasonOf(made.ivs.side.subscribe({ participantId, remoteParticipantId }))).toBe('PUBLISHER_NOT_FOUND')
  })
})

describe('tags', () => {
  it('are at most fifty on a resource, however they got there, and never AWS’s own', () => {
    const made = stand()
    const many = (count: number, prefix = 'key') =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`${prefix}${index}`, 'value']))
    const resourceArn = make(made, 'CreateStage', { tags: many(40) }, 'stage').arn
    const tag = (tags: object) => exceptionOf(made, 'TagResource', { resourceArn, tags })
    expect(tag(many(11, 'more'))).toBe('ValidationException')
    expect(tag(many(10, 'more'))).toBe('none')
    expect(tag({ key0: 'replaced' })).toBe('none')
    expect(tag({ 'aws:cloudformation': 'x' })).toBe('ValidationException')
    expect(exceptionOf(made, 'CreateStage', { tags: { 'AWS:x': 'y' } })).toBe('ValidationException')
    expect(Object.keys(made.ivs.tagsOf(resourceArn ?? '') ?? {})).toHaveLength(50)
  })
})
