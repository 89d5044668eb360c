import { afterAll, beforeAll, expect, it } from 'vitest'
import { randomOf } from '../lib/sweep/lives.ts'
import { type App, startApp, type User } from '../support/app.ts'
import { eventQueue } from '../support/event-queue.ts'
import { toldDuring } from '../support/told.ts'
import { until } from '../support/until.ts'

const STAGES = 3
const PUBLISHERS = 8
const EACH = 334
/** Everything is on its way for as long as it takes to happen, and comes then. */
const LATE_SECONDS = 300

let app: App
let admin: User
let events: ReturnType<typeof eventQueue>
beforeAll(async () => {
  app = await startApp({ assume: { readLagMs: 0 } })
  admin = await app.admin()
  events = eventQueue(app.info)
})
afterAll(async () => {
  events.close()
  await app.stop()
})

const arm = (fault: object) => app.local<{ id: string }>('POST', '/faults', fault)

/** A stage full of people, and who of them publishes: the model. */
async function aFullStage() {
  const stageId = await app.stage({ defaultRole: 'speaker' })
  const ids = await Promise.all(
    Array.from({ length: PUBLISHERS }, async (_, n) => {
      const { body } = await (await app.user(`user-${n}`)).join(stageId)
      await app.enter(body.token)
      return body.participantId as string
    }),
  )
  return { stageId, ids, publishing: new Set<string>() }
}

type FullStage = Awaited<ReturnType<typeof aFullStage>>

async function toggle({ ids, publishing }: FullStage, count: number, seed: number): Promise<void> {
  const random = randomOf(seed)
  for (let done = 0; done < count; done++) {
    const participantId = ids[random.below(ids.length)] ?? ''
    const stops = publishing.delete(participantId)
    if (!stops) publishing.add(participantId)
    await app.local('POST', `/stage/${stops ? 'unpublish' : 'publish'}`, { participantId })
  }
}

interface Page {
  readonly items: readonly { readonly at: string; readonly participantId: string; readonly name: string }[]
  readonly nextCursor?: string
}

async function historyOf({ stageId }: FullStage): Promise<readonly string[]> {
  const sessions = (await admin.call('GET', `/v1/stages/${stageId}/sessions`)).body.items
  const found: string[] = []
  const path = `/v1/stages/${stageId}/sessions/${sessions[0].sessionId}/events`
  for (let query = '?limit=100'; query !== ''; ) {
    const { items, nextCursor } = (await admin.call('GET', `${path}${query}`)).body as Page
    found.push(...items.map(({ at, participantId, name }) => `${at} ${participantId} ${name}`))
    query = nextCursor === undefined ? '' : `?limit=100&cursor=${encodeURIComponent(nextCursor)}`
  }
  return found
}

it('a thousand events at once, some of them twice, are each taken in once, and nothing is dead', async () => {
  const stages = await Promise.all(Array.from({ length: STAGES }, aFullStage))
  // So that what is there in the end is there by events alone.
  await arm({ target: 'ivs', function: 'reconcile', mode: 'error' })
  const late = { delaySeconds: LATE_SECONDS, rate: 0.1 }
  const twice = await arm({ target: 'events', mode: 'duplicate', seed: 1, ...late })
  await arm({ target: 'events', mode: 'delay', seed: 2, ...late, rate: 1, spread: true })
  let copies = 0
  const told = await toldDuring(app, async () => {
    await Promise.all(stages.map((stage, n) => toggle(stage, EACH, n + 1)))
    const { faults } = await app.local<{ faults: { id: string; hits: number }[] }>('GET', '/faults')
    copies = faults.find(({ id }) => id === twice.id)?.hits ?? 0
    await app.advance(LATE_SECONDS)
    const taken = () => app.logs.filter((line) => line.startsWith('events:') && line.includes('"outcome"')).length
    await until(async () => taken() >= STAGES * EACH + copies && (await events.waiting()) === 0)
  })
  expect(copies).toBeGreaterThan(0)
  expect(await events.dead()).toBe(0)
  expect(app.logs.filter((line) => line.includes('event_failed'))).toEqual([])

  const sent = told.filter(({ bus }) => bus === 'default').map(({ event }) => event.detail as Record<string, string>)
  for (const stage of stages) {
    const happened = sent
      .filter((detail) => stage.ids.includes(detail.participant_id ?? ''))
      .map(({ event_time_precise: at = '', participant_id: id, event_name: name }) => {
        return `${at.replace(/000Z$/, 'Z')} ${id} ${name === 'Participant Published' ? 'published' : 'unpublished'}`
      })
    expect((await historyOf(stage)).toSorted()).toEqual([...new Set(happened)].toSorted())
    const roster = (await admin.call('GET', `/v1/stages/${stage.stageId}/participants`)).body
    const publishing = (roster.items as { participantId: string; publishing: boolean }[]).filter(
      (one) => one.publishing,
    )
    expect(new Set(publishing.map(({ participantId }) => participantId))).toEqual(stage.publishing)
  }
  const versions = await Promise.all(
    stages.map(async ({ stageId }) => (await admin.call('GET', `/v1/stages/${stageId}/participants`)).body.version),
  )
  const applied = app.logs.filter((line) => line.startsWith('events:') && line.includes('"outcome":"applied"')).length
  expect(versions.reduce((sum: number, one: number) => sum + one, 0)).toBe(applied)
}, 60_000)
