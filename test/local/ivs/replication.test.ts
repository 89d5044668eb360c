import { describe, expect, it } from 'vitest'
import { exceptionOf, historyOf, participantOf, type Room, room } from './room.ts'
import { type Stand, stand } from './stand.ts'

const SECOND = 1000

interface Pair {
  readonly made: Stand
  readonly source: Room
  readonly target: Room
  readonly participantId: string
  readonly start: (input?: object) => string
  readonly stop: () => string
  readonly replicas: () => { replicationState: string; destinationStageArn: string }[]
}

function pair(): Pair {
  const made = stand()
  const [source, target] = [room(made), room(made)]
  const participantId = source.enter({
    publish: true,
    input: { userId: 'alice', attributes: { role: 'host', name: 'A' } },
  })
  const arns = { sourceStageArn: source.stageArn, destinationStageArn: target.stageArn, participantId }
  made.events.length = 0
  return {
    made,
    source,
    target,
    participantId,
    start: (input = {}) => exceptionOf(made, 'StartParticipantReplication', { ...arns, ...input }),
    stop: () => exceptionOf(made, 'StopParticipantReplication', arns),
    replicas: () =>
      (
        made.ivs.invoke('ListParticipantReplicas', { sourceStageArn: source.stageArn, participantId }) as {
          replicas: ReturnType<Pair['replicas']>
        }
      ).replicas,
  }
}

const told = ({ made, source }: Pair) =>
  made.events.map(
    ({ detail, resources }) => `${resources[0] === source.stageArn ? 'source' : 'target'}: ${detail.event_name}`,
  )

describe('a replicated publisher', () => {
  it('is on the second stage under the same id, with its attributes and the ones given', () => {
    const p = pair()
    expect(p.start({ attributes: { role: 'guest' } })).toBe('none')
    const shown = participantOf(p.made, p.target, p.target.sessionId(), p.participantId)
    expect(shown).toMatchObject({
      userId: 'alice',
      attributes: { role: 'guest', name: 'A' },
      published: true,
      replicationType: 'REPLICA',
      replicationState: 'ACTIVE',
      sourceStageArn: p.source.stageArn,
      sourceSessionId: p.source.sessionId(),
    })
    expect(participantOf(p.made, p.source, p.source.sessionId(), p.participantId)).toMatchObject({
      replicationType: 'SOURCE',
      replicationState: 'ACTIVE',
    })
    expect(told(p)).toEqual(['source: Participant Replication Start', 'target: Participant Published'])
    expect(p.made.events[0]?.detail).toMatchObject({
      destination_stage_arn: p.target.stageArn,
      destination_session_id: p.target.sessionId(),
    })
    expect(p.made.events[1]?.detail).toMatchObject({
      replica: true,
      source_stage_arn: p.source.stageArn,
      source_session_id: p.source.sessionId(),
    })
  })

  it('is there until it is stopped', () => {
    const p = pair()
    p.start()
    expect(p.replicas()).toMatchObject([{ replicationState: 'ACTIVE', destinationStageArn: p.target.stageArn }])
    expect(p.stop()).toBe('none')
    expect(p.stop()).toBe('ResourceNotFoundException')
    expect(p.replicas()).toMatchObject([{ replicationState: 'STOPPED' }])
    expect(told(p).slice(2)).toEqual(['target: Participant Unpublished', 'source: Participant Replication End'])
    const sessionId = p.target.sessionId()
    expect(historyOf(p.made, p.target.stageArn, sessionId, p.participantId)).toEqual([
      'JOINED',
      'PUBLISH_STARTED',
      'PUBLISH_STOPPED',
      'LEFT',
    ])
    expect(historyOf(p.made, p.source.stageArn, p.source.sessionId(), p.participantId).slice(-2)).toEqual([
      'REPLICATION_STARTED',
      'REPLICATION_STOPPED',
    ])
  })

  it('goes with the source at once when there is no window', () => {
    const p = pair()
    p.start()
    p.made.ivs.side.unpublish({ participantId: p.participantId })
    expect(p.replicas()).toMatchObject([{ replicationState: 'STOPPED' }])
  })

  it('waits for a source that comes back within the window', () => {
    const p = pair()
    p.start({ reconnectWindowSeconds: 30 })
    p.made.ivs.side.unpublish({ participantId: p.participantId })
    p.made.now += 29 * SECOND
    p.made.ivs.side.publish({ participantId: p.participantId })
    p.made.now += 60 * SECOND
    expect(p.replicas()).toMatchObject([{ replicationState: 'ACTIVE' }])
    p.made.ivs.side.leave({ participantId: p.participantId })
    p.made.now += 30 * SECOND
    expect(p.replicas()).toMatchObject([{ replicationState: 'STOPPED' }])
  })

  it('goes to at most five stages', () => {
    const p = pair()
    const others = Array.from(
      { length: 5 },
      () => (p.made.ivs.invoke('CreateStage', {}) as { stage: { arn: string } }).stage.arn,
    )
    const results = [p.start(), ...others.map((destinationStageArn) => p.start({ destinationStageArn }))]
    expect(results).toEqual([...Array(5).fill('none'), 'ServiceQuotaExceededException'])
  })

  it.each([
    ['to the same stage', (p: Pair) => p.start({ destinationStageArn: p.source.stageArn }), 'ValidationException'],
    ['twice to one stage', (p: Pair) => [p.start(), p.start()].at(-1), 'ConflictException'],
    ['who does not publish', (p: Pair) => p.start({ participantId: p.source.enter() }), 'ConflictException'],
    ['who left', (p: Pair) => (p.made.ivs.side.leave(p).ok ? p.start() : 'stayed'), 'ResourceNotFoundException'],
    ['with too many attributes', (p: Pair) => p.start({ attributes: { a: 'x'.repeat(1025) } }), 'ValidationException'],
  ])('%s is refused', (_, attempt, expected) => {
    expect(attempt(pair())).toBe(expected)
  })

  it('counts among the twelve publishers of the second stage', () => {
    const p = pair()
    for (let count = 0; count < 12; count++) p.target.enter({ publish: true })
    expect(p.start()).toBe('ServiceQuotaExceededException')
  })

  it('is not replicated further, and has no client who could leave', () => {
    const p = pair()
    p.start()
    const third = (p.made.ivs.invoke('CreateStage', {}) as { stage: { arn: string } }).stage.arn
    expect(p.start({ sourceStageArn: p.target.stageArn, destinationStageArn: third })).toBe('ConflictException')
    const step = { participantId: p.participantId, stageArn: p.target.stageArn }
    expect(p.made.ivs.side.leave(step)).toMatchObject({ refusal: { code: 'NOT_CONNECTED' } })
  })

  it.each([
    ['the source stage', (p: Pair) => p.source.stageArn],
    ['the destination stage', (p: Pair) => p.target.stageArn],
  ])('ends with %s', (_, arnOf) => {
    const p = pair()
    p.start({ reconnectWindowSeconds: 300 })
    p.made.ivs.invoke('DeleteStage', { arn: arnOf(p) })
    const replicas = p.made.ivs.snapshot().filter(([table]) => table === 'replicas')
    expect(replicas).toMatchObject([[expect.anything(), expect.anything(), { state: 'STOPPED' }]])
  })
})
