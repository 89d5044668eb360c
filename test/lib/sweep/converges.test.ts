import { describe, expect, it } from 'vitest'
import type { DomainEvent } from '../../../lib/domain-event/domain-event.ts'
import type { Ending } from '../../../lib/ending/ending.ts'
import type { StageEvent } from '../../../lib/event/stage-event.ts'
import type { ParticipantId, StageUid, UserId } from '../../../lib/ids.ts'
import { emptyRecord } from '../../../lib/participant/user-record.ts'
import { sweepStage } from '../../../lib/sweep/sweep-stage.ts'
import type { EpochMs } from '../../../lib/time.ts'
import { createMemoryHistoryStore } from '../../support/memory-history-store.ts'
import { createMemoryParticipantStore } from '../../support/memory-participant-store.ts'
import { createMemoryRosterStore } from '../../support/memory-roster-store.ts'
import { createMemorySeatStore } from '../../support/memory-seat-store.ts'
import { createMemoryPresentStore } from '../../support/memory-sweep-stores.ts'
import { aParticipant, T0 } from '../../support/participants.ts'
import { seedsOr } from '../../support/seeds.ts'
import { IN_NO_TIME, takeEvent } from '../../support/stage-events.ts'
import { aStage } from '../../support/stages.ts'
import { ARN, createLives, randomOf, SESSION, somethingOf } from './lives.ts'

/** Ten users with a camera and a screen each; of the others we minted none, and some belong to another stage. */
const OURS = Array.from({ length: 14 }, (_, index) => ({
  id: `p${index}`,
  userId: `user-${index % 7}`,
  replica: false,
}))
const STRANGERS = Array.from({ length: 3 }, (_, index) => ({
  id: `s${index}`,
  userId: `user-${index}`,
  replica: false,
}))
const REPLICAS = Array.from({ length: 3 }, (_, index) => ({ id: `r${index}`, userId: `user-${index}`, replica: true }))
const PEOPLE = [...OURS, ...STRANGERS, ...REPLICAS]

const SECOND = 1_000
const HOUR = 3_600_000
/** `SEEDS=1-50`, or `SEEDS=7`, runs those alone. */
const SEEDS = seedsOr(1_000)
const stage = aStage({ uid: 'uid-lives' as StageUid, generation: { number: 1, stageArn: ARN } })
const place = { stageId: stage.stageId, stageUid: stage.uid, generation: 1 }

interface Delivery {
  readonly at: EpochMs
  readonly event: StageEvent
}

/** One seed's stage, with everything of ours that listens to it. */
async function aLife(seed: number) {
  const random = randomOf(seed)
  const skewMs = random.below(4_001) - 2_000
  const lives = createLives(PEOPLE, skewMs)
  const time = { now: T0 }
  const participants = createMemoryParticipantStore()
  const rosters = createMemoryRosterStore()
  const present = createMemoryPresentStore()
  const endings: Ending[] = []
  const granted: DomainEvent[] = []
  // Half of the deployments ask who was let in, which must change nothing else.
  const tellsGrants = seed % 2 === 0
  let isWanted = false
  const common = {
    ...{ participants, rosters, present },
    history: createMemoryHistoryStore(),
    seats: createMemorySeatStore(),
    stages: { get: async () => stage },
    arns: { find: async () => place },
    endings: { send: async (some: readonly Ending[]) => void endings.push(...some) },
    events: {
      publish: async (some: readonly DomainEvent[]) => {
        granted.push(...some.filter(({ name }) => name === 'participant.granted'))
      },
    },
    sweeps: {
      async soon() {
        isWanted = true
      },
    },
    ...{ historySeconds: 86_400, tellsGrants, seatLeaseSeconds: 300, clock: () => time.now },
    ...IN_NO_TIME,
  }
  for (const userId of new Set(OURS.map((one) => one.userId))) {
    const minted = OURS.filter((one) => one.userId === userId).map(({ id }) =>
      aParticipant(id, { capabilities: ['PUBLISH', 'SUBSCRIBE'], mintedAt: T0 - 60 * SECOND }),
    )
    const live = { main: minted.map(({ id }) => id), screen: [] }
    const record = { ...emptyRecord(1), version: T0, participants: minted, live }
    await participants.save({ stageUid: stage.uid, userId: userId as UserId }, record, undefined)
  }

  /** What we believe, in the words of the model. */
  async function believed() {
    const roster = await rosters.load(place)
    const counted: string[] = []
    for (const userId of new Set(OURS.map((one) => one.userId))) {
      const record = await participants.load({ stageUid: stage.uid, userId: userId as UserId })
      counted.push(...(record?.connected.main ?? []))
    }
    const page = await present.page(place, 0)
    const pages = [page, page?.next === undefined ? undefined : await present.page(place, page.next)]
    const rest = pages[1]?.next === undefined ? undefined : await present.page(place, pages[1].next)
    return {
      publishing: (roster?.entries ?? []).filter((one) => one.publishing).map((one) => one.participantId as string),
      counted,
      present: [...pages, rest].flatMap((one) => one?.people ?? []).map((one) => one.participantId as string),
      audience: roster?.audience ?? 0,
      isDoubtful: roster?.entries.some((one) => one.doubtful) ?? false,
    }
  }
  const sweep = async (whileAsking?: () => Promise<void>): Promise<void> => {
    isWanted = false
    const census = {
      ...lives.census,
      async doings(...args: Parameters<typeof lives.census.doings>) {
        await whileAsking?.()
        return lives.census.doings(...args)
      },
    }
    await sweepStage({ ...common, census }, { stage: place, stageArn: ARN, sessionId: SESSION, asks: PEOPLE.length })
  }
  return {
    ...{ random, lives, time, endings, granted, tellsGrants, believed, sweep },
    take: (event: StageEvent) => takeEvent(common, event),
    isWanted: () => isWanted,
  }
}

/** Most events come once and soon; some never, some again, some hours later. */
function deliveriesOf(event: StageEvent, now: EpochMs, { below, chance }: ReturnType<typeof randomOf>): Delivery[] {
  if (chance(0.2)) return []
  const copies = chance(0.2) ? 2 + below(2) : 1
  return Array.from({ length: copies }, () => ({
    at: now + (chance(0.2) ? below(3 * HOUR) : below(3 * SECOND)),
    event,
  }))
}

/** Lives on a stage for some minutes, swept every minute and sooner where in doubt. Answers how long we were ever wrong. */
async function play(seed: number): Promise<{
  readonly wrongMs: number
  readonly life: Awaited<ReturnType<typeof aLife>>
  readonly sent: readonly StageEvent[]
}> {
  const life = await aLife(seed)
  const { random, lives, time } = life
  const sent: StageEvent[] = []
  let queue: Delivery[] = []
  const actions = 40 + random.below(60)
  const wrongSince = new Map<string, { readonly at: EpochMs; readonly said: boolean }>()
  let [nextSweep, lastSweep, wrongMs] = [T0 + random.below(50) * SECOND, 0, 0]

  const doSomething = (): void => {
    const { who, action } = somethingOf(PEOPLE, random)
    for (const event of lives.act(who.id, action, time.now, random.chance(0.5))) {
      sent.push(event)
      queue.push(...deliveriesOf(event, time.now, random))
    }
  }
  const deliver = async (): Promise<void> => {
    const due = queue.filter(({ at }) => at <= time.now).toSorted((one, other) => one.at - other.at)
    queue = queue.filter(({ at }) => at > time.now)
    for (const { event } of due) await life.take(event)
  }
  /** Of each participant by itself: since when we have been wrong about them. */
  const look = async (): Promise<void> => {
    const believed = new Set((await life.believed()).publishing)
    const actual = new Set(lives.publishing())
    for (const { id } of PEOPLE) {
      const said = believed.has(id)
      const wrong = wrongSince.get(id)
      // Wrong again, and otherwise, is another mistake.
      if (wrong?.said === said && actual.has(id) !== said) continue
      if (wrong !== undefined) wrongMs = Math.max(wrongMs, time.now - wrong.at)
      if (actual.has(id) === said) wrongSince.delete(id)
      else wrongSince.set(id, { at: time.now, said })
    }
  }
  /** Things happen while IVS is being asked, and events of them come before the sweep is written. */
  const meanwhile = async (): Promise<void> => {
    if (!random.chance(0.1)) return
    time.now += random.below(1_500)
    doSomething()
    await deliver()
  }

  for (let done = 0; done < actions; done++) {
    time.now += random.chance(0.4) ? random.below(300) : random.below(9 * SECOND)
    doSomething()
    await deliver()
    await look()
    const isDue = time.now >= nextSweep || (life.isWanted() && time.now >= lastSweep + 5 * SECOND)
    if (!isDue) continue
    await life.sweep(meanwhile)
    lastSweep = time.now
    nextSweep = time.now + 50 * SECOND
    await look()
  }
  // Nothing happens any more; what is still on its way comes, however late, and the sweeps go on. Of many between two
  // deliveries, the first and the last are enough.
  const sweepAt = async (at: EpochMs): Promise<void> => {
    time.now = Math.max(time.now, at)
    await life.sweep()
    await look()
  }
  await sweepAt(nextSweep)
  for (const { at } of queue.toSorted((one, other) => one.at - other.at)) {
    if (life.isWanted()) await sweepAt(time.now + 5 * SECOND)
    if (at > time.now + 50 * SECOND) await sweepAt(at - random.below(50 * SECOND))
    time.now = Math.max(time.now, at)
    await deliver()
    await look()
  }
  await sweepAt(time.now + 60 * SECOND)
  return { wrongMs, life, sent }
}

async function expectConverged(
  { believed, lives, endings, granted, tellsGrants }: Awaited<ReturnType<typeof aLife>>,
  what: string,
): Promise<void> {
  const ours = new Set(OURS.map(({ id }) => id))
  const { publishing, counted, present, audience, isDoubtful } = await believed()
  const told = { publishing: publishing.toSorted(), counted: counted.toSorted(), present: present.toSorted() }
  expect({ ...told, audience, isDoubtful, endings }, what).toEqual({
    publishing: lives.publishing().toSorted(),
    counted: lives
      .connected()
      .filter((id) => ours.has(id))
      .toSorted(),
    present: lives.connected().toSorted(),
    audience: lives.connected().length,
    isDoubtful: false,
    endings: [],
  })
  const grants = Map.groupBy(granted, (event) => ('participantId' in event ? event.participantId : undefined))
  const there = lives.connected().filter((id) => ours.has(id))
  for (const id of tellsGrants ? there : []) expect(grants.has(id as ParticipantId), `${what}: ${id}`).toBe(true)
  for (const [id = '', same] of grants) {
    expect([ours.has(id), tellsGrants, new Set(same.map((event) => event.id)).size], `${what}: ${id}`).toEqual([
      ...[true, true, 1],
    ])
  }
}

describe('one sweep after any life of 20 participants', () => {
  it(`leaves what is stored as IVS has it, for ${SEEDS.length} seeds`, { timeout: 120_000 }, async ({ annotate }) => {
    const worst = { seed: 0, wrongMs: 0 }
    for (const seed of SEEDS) {
      const { life, wrongMs, sent } = await play(seed)
      await expectConverged(life, `seed ${seed}`)
      if (wrongMs > worst.wrongMs) Object.assign(worst, { seed, wrongMs })
      // Everything comes once more, in any order: no late event undoes what IVS has said.
      const { random, time } = life
      time.now += 5 * SECOND
      for (const event of sent.toSorted(() => random.below(3) - 1)) await life.take(event)
      if (life.isWanted()) await life.sweep()
      await expectConverged(life, `seed ${seed}, all events again`)
    }
    await annotate(`worst staleness: ${Math.round(worst.wrongMs / SECOND)} s (seed ${worst.seed})`)
    expect(worst.wrongMs, `seed ${worst.seed}`).toBeLessThanOrEqual(90 * SECOND)
  })
})
