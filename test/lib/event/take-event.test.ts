import { describe, expect, it } from 'vitest'
import type { StageEvent } from '../../../lib/event/stage-event.ts'
import type { Participant } from '../../../lib/participant/user-record.ts'
import { emptyRoster } from '../../../lib/roster/roster.ts'
import { seatsKeyOf } from '../../../lib/seat/seat-wish.ts'
import { microsOf } from '../../../lib/time.ts'
import { aParticipant, T0 } from '../../support/participants.ts'
import { aHolderScene } from '../../support/stage-events.ts'

const namesOf = (events: readonly { readonly name: string }[]) => events.map(({ name }) => name)

describe('publishing', () => {
  it('is on the roster, in the history, in the user’s record, and told', async () => {
    const { take, published, roster, histories, sessions, record, told, sent, stage } = await aHolderScene()
    expect(await take(published())).toBe('applied')
    expect(await roster()).toMatchObject({
      sessionId: 'st-1',
      asOf: T0 + 1_000,
      entries: [{ participantId: 'p1', publishing: true, minted: { userId: 'ada', role: 'speaker', slot: 'main' } }],
    })
    const at = microsOf(T0 + 1_000)
    expect(await histories()).toEqual([{ at, name: 'published', participantId: 'p1', userId: 'ada' }])
    expect(await sessions()).toEqual([{ sessionId: 'st-1', startedAt: at }])
    expect(await record()).toMatchObject({ connected: { main: ['p1'] }, participants: [{ seenAt: at }] })
    expect(namesOf(told)).toEqual(['stage.live', 'participant.published'])
    expect(told[1]).toMatchObject({
      at: T0 + 1_000,
      stageUid: stage.uid,
      participantId: 'p1',
      userId: 'ada',
      version: 1,
    })
    expect(sent).toEqual([])
  })

  it('again and again is one happening: one entry, one id, told each time', async () => {
    const { take, published, histories, roster, told } = await aHolderScene()
    expect(await take(published())).toBe('applied')
    expect(await take(published())).toBe('repeated')
    expect(await histories()).toHaveLength(1)
    expect(await roster()).toMatchObject({ version: 1 })
    const once = ['stage.live', 'participant.published']
    expect(namesOf(told)).toEqual([...once, ...once])
    expect(told.slice(2).map(({ id }) => id)).toEqual(told.slice(0, 2).map(({ id }) => id))
  })

  it('that was over before it came is history, and nothing else', async () => {
    const { take, published, unpublished, roster, record, histories, told } = await aHolderScene()
    await take(unpublished(5))
    const before = [await roster(), await record()]
    expect(await take(published(4))).toBe('late')
    expect([await roster(), await record()]).toEqual(before)
    expect((await histories()).map(({ name }) => name)).toEqual(['published', 'unpublished'])
    expect(namesOf(told)).toEqual([])
  })

  it('that contradicts itself within a second has the stage swept, and tells nothing', async () => {
    const { take, published, unpublished, sweeps, told, stage } = await aHolderScene()
    await take(published(5, { precise: false }))
    told.length = 0
    expect(await take(unpublished(5, { precise: false }))).toBe('doubtful')
    expect(sweeps).toEqual([{ stageId: stage.stageId, stageUid: stage.uid, generation: 1 }])
    expect(told).toEqual([])
  })

  it('that stopped leaves nobody counted as connected, until a sweep says who is', async () => {
    const { take, published, unpublished, record, told } = await aHolderScene()
    await take(published(1))
    expect(await take(unpublished(2))).toBe('applied')
    expect((await record())?.connected.main).toEqual([])
    expect(namesOf(told)).toEqual(['stage.live', 'participant.published', 'participant.unpublished'])
  })

  it('from before the last sweep makes nobody connected, also where the sweep left it open', async () => {
    const { take, unpublished, published, deps, stage, record, roster } = await aHolderScene()
    await take(unpublished(1))
    const seen = await roster()
    await deps.rosters.save(seatsKeyOf(stage), { ...(seen ?? emptyRoster(T0)), version: 9, sweptAt: T0 + 60_000 }, seen)
    expect(await take(published(2))).toBe('applied')
    expect((await record())?.connected.main).toEqual([])
  })

  it('in another session notes that one too, and leaves it to a sweep to say that the first is over', async () => {
    const { take, published, sessions, roster, told } = await aHolderScene()
    await take(published(1))
    await take(published(9, { sessionId: 'st-2' }))
    expect((await sessions()).map(({ sessionId }) => sessionId)).toEqual(['st-2', 'st-1'])
    expect(await roster()).toMatchObject({ sessionId: 'st-1', liveSince: microsOf(T0 + 1_000) })
    expect(namesOf(told).filter((name) => name === 'stage.live')).toHaveLength(1)
  })

  it('makes a stage live once somebody does, whatever was heard before', async () => {
    const { take, published, unpublished, roster, told } = await aHolderScene()
    await take(unpublished(1))
    expect(await roster()).not.toHaveProperty('sessionId')
    await take(published(2))
    expect(await roster()).toMatchObject({ sessionId: 'st-1' })
    expect(namesOf(told)).toEqual(['stage.live', 'participant.published'])
  })
})

describe('everything else', () => {
  const of = async (name: string) => {
    const made = await aHolderScene()
    const kinds: Record<string, StageEvent> = {
      recording: { ...made.event(), kind: 'recording', name: 'Recording Start' },
      composition: {
        ...{ id: 'c', stageArn: made.stage.generation.stageArn, at: microsOf(T0), precise: false, detail: 'd' },
        ...{ kind: 'composition', name: 'Session Failure', compositionArn: 'arn', errorCode: 'StageDeleted' },
      },
      unknown: {
        ...{ id: 'u', stageArn: made.stage.generation.stageArn, at: microsOf(T0), precise: false, detail: 'd' },
        ...{ kind: 'unknown', detailType: 'IVS Stage Update', name: 'Participant Waved' },
      },
      replication: { ...made.event(), kind: 'replication_started' },
      error: { ...made.event(), kind: 'publish_error', errorCode: 'BITRATE_EXCEEDED' },
    }
    const event = kinds[name]
    if (event === undefined) throw new Error(`no event ${name}`)
    return { ...made, outcome: await made.take(event) }
  }

  it.each([
    ['recording', 'st-1', { name: 'recording: Recording Start', participantId: 'p1' }],
    ['composition', '-', { name: 'composition: Session Failure', errorCode: 'StageDeleted' }],
    ['unknown', '-', { name: 'unknown: Participant Waved' }],
    ['replication', 'st-1', { name: 'replication_started', participantId: 'p1' }],
    ['error', 'st-1', { name: 'publish_error', participantId: 'p1', errorCode: 'BITRATE_EXCEEDED' }],
  ])('is written into the history: %s', async (name, sessionId, entry) => {
    const { outcome, histories, roster, told } = await of(name)
    expect(outcome).toBe('recorded')
    expect(await histories(sessionId)).toEqual([{ at: expect.any(Number), ...entry }])
    expect([await roster(), told]).toEqual([undefined, []])
  })

  it('is in its session’s history, of whoever it is about, also by a name that nobody knows', async () => {
    const { take, stage, histories } = await aHolderScene()
    const base = { id: 'u', stageArn: stage.generation.stageArn, at: microsOf(T0), precise: false, detail: 'd' }
    const waved = { ...base, kind: 'unknown', detailType: 'IVS Stage Update', name: 'Participant Waved' } as const
    for (const participantId of ['p1', 'p2']) await take({ ...waved, sessionId: 'st-1', participantId })
    expect(await histories()).toEqual(
      ['p1', 'p2'].map((participantId) => ({ at: base.at, name: 'unknown: Participant Waved', participantId })),
    )
  })

  it('of two compositions, or two destinations, in one second are an entry each, however often they come', async () => {
    const { take, stage, histories } = await aHolderScene()
    const base = { id: 'c', stageArn: stage.generation.stageArn, at: microsOf(T0), precise: false, detail: 'd' }
    const one = { ...base, kind: 'composition', name: 'Destination Start', compositionArn: 'arn:c/one' } as const
    const all = [
      { ...one, destinationId: 'to-s3' },
      { ...one, destinationId: 'to-channel' },
      { ...one, compositionArn: 'arn:c/two', destinationId: 'to-s3' },
    ]
    for (const event of [...all, ...all]) expect(await take(event)).toBe('recorded')
    const entry = { at: base.at, name: 'composition: Destination Start' }
    expect(await histories('-')).toEqual([entry, entry, entry])
  })

  it.each<[string, (made: Awaited<ReturnType<typeof aHolderScene>>) => StageEvent]>([
    ['exchanges to other rights', ({ exchanged }) => exchanged(['SUBSCRIBE'])],
    ['exchanges of other attributes alone', ({ exchanged }) => ({ ...exchanged(['PUBLISH']), detail: 'other' })],
  ])('of one participant in one second are an entry each, under whatever envelope they come: %s', async (_, second) => {
    const made = await aHolderScene()
    const both = [made.exchanged(['PUBLISH']), second(made)].map((event) => ({ ...event, precise: false }))
    for (const envelope of ['one', 'other']) {
      for (const event of both) await made.take({ ...event, id: `${event.id}-${envelope}` })
    }
    const entry = { at: both[0]?.at, name: 'token_exchanged', participantId: 'p1', userId: 'ada' }
    expect(await made.histories()).toEqual([entry, entry])
  })

  it('of a stage that is none of ours is ignored', async () => {
    const { take, published, histories, told } = await aHolderScene()
    expect(await take(published(1, { stageArn: 'arn:aws:ivs:eu-west-1:111122223333:stage/other' }))).toBe('ignored')
    expect([await histories(), told]).toEqual([[], []])
  })
})

describe('who is none of ours', () => {
  const strangers: [string, object][] = [
    ['an id that the user never had', { participantId: 'forged' }],
    ['a user we do not know', { userId: 'eve' }],
    ['nobody', { userId: undefined }],
    ['no possible user', { userId: 'a/b' }],
  ]

  it.each(strangers)('is on the roster as unmanaged, and not believed: %s', async (_, changes) => {
    const { take, published, roster, histories, record, told, sent } = await aHolderScene()
    const before = await record()
    expect(await take(published(1, changes))).toBe('applied')
    expect((await roster())?.entries[0]).not.toHaveProperty('minted')
    expect((await histories())[0]).not.toHaveProperty('userId')
    expect(told[1]).not.toHaveProperty('userId')
    expect([await record(), sent]).toEqual([before, []])
  })

  it.each(strangers)('is put out of a strict stage: %s', async (_, changes) => {
    const { take, published, sent } = await aHolderScene({}, true)
    await take(published(1, changes))
    expect(sent).toMatchObject([{ reason: 'kicked', priority: 'kick', freesSeat: false }])
    expect(sent[0]).not.toHaveProperty('userId')
  })

  it('is not put out for having stopped; nor are ours', async () => {
    const { take, published, unpublished, sent } = await aHolderScene({}, true)
    await take(unpublished(1, { participantId: 'forged' }))
    await take(published(1))
    expect(sent).toEqual([])
  })

  it('as a replica is another stage’s: ours by that id is not touched, and a strict stage lets it be', async () => {
    const { take, published, roster, record, sent } = await aHolderScene({ ended: 'kicked' }, true)
    const before = await record()
    expect(await take(published(1, { replica: true }))).toBe('applied')
    expect((await roster())?.entries).toMatchObject([{ participantId: 'p1', publishing: true }])
    expect((await roster())?.entries[0]).not.toHaveProperty('minted')
    expect([await record(), sent]).toEqual([before, []])
  })
})

describe('what is beyond right', () => {
  it.each<[string, Partial<Participant>, object]>([
    ['banned', { ended: 'banned' }, { reason: 'banned', priority: 'ban' }],
    ['kicked', { ended: 'kicked' }, { reason: 'kicked', priority: 'kick' }],
    ['left', { ended: 'left' }, { reason: 'left', priority: 'leave' }],
    ['replaced', { ended: 'replaced' }, { reason: 'replaced', priority: 'replace' }],
    ['publishing without the right', { capabilities: ['SUBSCRIBE'] }, { reason: 'demoted', priority: 'demotion' }],
  ])('is ended: %s', async (_, one, expected) => {
    const { take, published, sent, stage, record } = await aHolderScene(one)
    await take(published())
    expect(sent).toEqual([
      {
        ...{ stageId: stage.stageId, stageUid: stage.uid, generation: 1, stageArn: stage.generation.stageArn },
        ...{ participantId: 'p1', userId: 'ada', freesSeat: true, expiresAt: aParticipant('p1').expiresAt },
        ...expected,
      },
    ])
    const after = await record()
    expect(after?.participants[0]).toMatchObject({ ended: (expected as { reason: string }).reason })
    expect([after?.live.main, after?.connected.main]).toEqual([[], []])
  })

  it('is an exchange to more than the right, and not one to it', async () => {
    const wider = await aHolderScene({ capabilities: ['SUBSCRIBE'] })
    await wider.take(wider.exchanged(['SUBSCRIBE']))
    expect(wider.sent).toEqual([])
    await wider.take(wider.exchanged(['PUBLISH', 'SUBSCRIBE'], 2))
    expect(wider.sent).toMatchObject([{ participantId: 'p1', reason: 'demoted' }])
    expect((await wider.record())?.participants[0]).toMatchObject({ ended: 'demoted' })
  })

  it('comes again with the event: also after the first one was ended in the books', async () => {
    const { take, exchanged, sent } = await aHolderScene({ capabilities: ['SUBSCRIBE'] })
    await take(exchanged(['PUBLISH']))
    await take(exchanged(['PUBLISH']))
    expect(sent.map(({ reason }) => reason)).toEqual(['demoted', 'demoted'])
  })

  it('is ended also where the event comes too late for the roster', async () => {
    const { take, published, unpublished, sent } = await aHolderScene({ capabilities: ['SUBSCRIBE'] })
    await take(unpublished(5))
    expect(await take(published(4))).toBe('late')
    expect(sent).toHaveLength(1)
  })
})
