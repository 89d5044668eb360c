import { CreateParticipantTokenCommand, type IVSRealTimeClient } from '@aws-sdk/client-ivs-realtime'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Action, createLives, randomOf, somethingOf } from '../lib/sweep/lives.ts'
import { type App, startApp, type User } from '../support/app.ts'
import { adminClients } from '../support/aws-clients.ts'
import { eventQueue } from '../support/event-queue.ts'
import { seedsOr } from '../support/seeds.ts'
import { until } from '../support/until.ts'

/** `SEEDS=1-50`, or `SEEDS=7`, runs those alone. */
const SEEDS = seedsOr(6)
const ACTIONS = 30
const MINUTE = 60
const HOURS = 3 * 3_600

let app: App
let admin: User
let ivs: IVSRealTimeClient
let events: ReturnType<typeof eventQueue>
beforeAll(async () => {
  app = await startApp({ assume: { readLagMs: 0 } })
  admin = await app.admin()
  ivs = adminClients(app.info).ivs
  events = eventQueue(app.info)
})
afterAll(async () => {
  ivs.destroy()
  events.close()
  await app.stop()
})

const nowOf = async (): Promise<number> => Date.parse((await app.local<{ now: string }>('GET', '/clock')).now)
const arm = (fault: object) => app.local('POST', '/faults', fault)

/** Somebody with a device, and the participant they are with it at the moment. */
interface Someone {
  readonly id: string
  readonly user?: User
  participantId?: string
  token?: string
}

/** What the roster says over HTTP. */
interface Shown {
  readonly asOf: string
  readonly items: readonly { readonly participantId: string; readonly publishing?: boolean }[]
  readonly nextCursor?: string
}

/** One seed's stage: four users, one of them with two devices, and somebody whose token IVS made for others than us. */
async function aLife(seed: number) {
  const stageId = await app.stage({ defaultRole: 'speaker', sessionPolicy: { mode: 'allow', max: 5 } })
  const { stageArn } = (await admin.call('GET', `/v1/stages/${stageId}`)).body
  const users = await Promise.all(['ada', 'bo', 'cy', 'di'].map((name) => app.user(`${name}-${seed}`)))
  const people: Someone[] = [...users, ...users.slice(0, 1)].map((user, n) => ({ id: `${user.userId}-${n}`, user }))
  const stranger: Someone = { id: 'stranger' }
  people.push(stranger)
  const lives = createLives(
    people.map(({ id }) => ({ id, userId: id, replica: false })),
    0,
  )
  const ids = (of: readonly string[]): readonly string[] =>
    people.flatMap(({ id, participantId }) => (of.includes(id) && participantId ? [participantId] : [])).toSorted()

  async function tokenFor(who: Someone): Promise<void> {
    if (who.user === undefined) {
      const made = await ivs.send(
        new CreateParticipantTokenCommand({ stageArn, userId: users[0]?.userId, duration: 60 }),
      )
      Object.assign(who, { token: made.participantToken?.token, participantId: made.participantToken?.participantId })
      return
    }
    const { body } = await who.user.join(stageId)
    Object.assign(who, { token: body.token, participantId: body.participantId })
  }
  const step = (name: string, { participantId }: Someone, more: object = {}) =>
    app.local('POST', `/stage/${name}`, { participantId, ...more })
  const participantPath = ({ participantId }: Someone): string => `/v1/stages/${stageId}/participants/${participantId}`

  /** Leaves the stage by hanging up, or by giving up the participant: who comes back then is another one. */
  async function leave(who: Someone, givesUp: boolean): Promise<void> {
    if (!givesUp || who.user === undefined) return void (await step('leave', who))
    expect((await who.user.call('DELETE', participantPath(who))).status).toBe(204)
    who.token = undefined as never
  }
  const doing: Record<Action, (who: Someone, chance: boolean) => Promise<unknown>> = {
    async connect(who) {
      if (who.token === undefined) await tokenFor(who)
      expect((await app.enter(who.token ?? '')).status).toBe(200)
    },
    publish: (who) => step('publish', who),
    unpublish: (who) => step('unpublish', who),
    async exchange(who) {
      const fresh = await who.user?.call('POST', `${participantPath(who)}/token`, {})
      // Six seconds have to be between two of them.
      if (fresh?.status !== 200) return
      who.token = fresh.body.token
      await step('exchange', who, { token: who.token })
    },
    leave,
  }
  return {
    stageId,
    async act({ who, action }: ReturnType<typeof somethingOf<Someone>>, now: number, chance: boolean): Promise<void> {
      const isThere = lives.connected().includes(who.id)
      const publishes = lives.publishing().includes(who.id)
      const isNothing =
        action === 'connect'
          ? isThere
          : !isThere || (action === 'publish' ? publishes : action === 'unpublish' && !publishes)
      if (isNothing) return
      lives.act(who.id, action, now, true)
      await doing[action](who, chance)
    },
    people,
    /** Or its session would end, and with it all there is to reconcile. */
    async someoneStays(now: number): Promise<void> {
      const [someone] = people
      if (lives.connected().length > 0 || someone === undefined) return
      lives.act(someone.id, 'connect', now, true)
      await doing.connect(someone, false)
    },
    /** The model: who is there and who publishes, by the ids they have now. */
    actual: () => ({ publishing: ids(lives.publishing()), connected: ids(lives.connected()) }),
    async publishing(): Promise<readonly string[]> {
      const { items } = (await admin.call('GET', `/v1/stages/${stageId}/participants`)).body as Shown
      return items.flatMap((one) => (one.publishing ? [one.participantId] : [])).toSorted()
    },
    async everyone(): Promise<{ readonly asOf: number; readonly ids: readonly string[] }> {
      const { body } = await admin.call('GET', `/v1/stages/${stageId}/participants?audience=all`)
      const { asOf, items } = body as Shown
      return { asOf: Date.parse(asOf), ids: items.map(({ participantId }) => participantId).toSorted() }
    },
    end: () => admin.call('DELETE', `/v1/stages/${stageId}`),
  }
}

type Life = Awaited<ReturnType<typeof aLife>>

/** Until IVS's events that have arrived are taken in. */
const takenIn = () => until(async () => (await events.waiting()) === 0)

/** Some minutes on a stage while events go astray and nothing is reconciled. Answers for how long we were ever wrong, in ms. */
async function live(seed: number, life: Life): Promise<number> {
  const random = randomOf(seed)
  await arm({ target: 'ivs', function: 'reconcile', mode: 'error' })
  await arm({ target: 'events', mode: 'drop', rate: 0.2, seed })
  await arm({ target: 'events', mode: 'duplicate', rate: 0.2, seed: seed + 1, delaySeconds: HOURS, spread: true })
  await arm({ target: 'events', mode: 'delay', rate: 0.3, seed: seed + 2, delaySeconds: HOURS, spread: true })
  await arm({ target: 'events', mode: 'reorder', rate: 0.2, seed: seed + 3, delaySeconds: 20 })
  let [wrongSince, wrongMs]: [number | undefined, number] = [undefined, 0]
  for (let done = 0; done < ACTIONS; done++) {
    await app.advance(random.chance(0.4) ? random.below(300) / 1000 : random.below(9))
    const now = await nowOf()
    await life.act(somethingOf(life.people, random), now, random.chance(0.5))
    await takenIn()
    const isRight = (await life.publishing()).join() === life.actual().publishing.join()
    if (wrongSince !== undefined) wrongMs = Math.max(wrongMs, now - wrongSince)
    wrongSince = isRight ? undefined : (wrongSince ?? now)
  }
  await life.someoneStays(await nowOf())
  // Nothing is so young that IVS may not say it yet.
  await app.advance(10)
  await app.local('DELETE', '/faults')
  return wrongMs
}

/** Reconciliation gets at IVS, and has been at this stage. One that an event came in the middle of asks once more. */
async function reconciled(life: Life): Promise<void> {
  const taken = (): number => app.logs.filter((line) => line.startsWith('events:')).length
  for (let before = -1; before !== taken(); ) {
    before = taken()
    const began = await nowOf()
    await until(async () => {
      if ((await life.everyone()).asOf >= began) return true
      await app.advance(5)
      return false
    })
    await takenIn()
  }
}

async function expectConverged(life: Life, what: string): Promise<void> {
  const { publishing, connected } = life.actual()
  const { ids } = await life.everyone()
  const { audience, publishers, live: isLive } = (await admin.call('GET', `/v1/stages/${life.stageId}`)).body
  const sessions = (await admin.call('GET', `/v1/stages/${life.stageId}/sessions`)).body.items
  const open = sessions.filter((one: { endedAt?: string }) => one.endedAt === undefined).length
  const shown = { publishing: await life.publishing(), connected: ids, audience, publishers, isLive, open }
  expect(shown, what).toEqual({
    ...{ publishing, connected, audience: connected.length, publishers: publishing.length, isLive: true, open: 1 },
  })
}

describe('one reconciliation after any life on a stage, over HTTP', () => {
  const worst = { seed: 0, wrongMs: 0 }

  it.each(SEEDS)('leaves what everybody is told as it is: seed %i', { timeout: 60_000 }, async (seed) => {
    // A seed takes hours of the stack's clock, and nobody's login lasts for all of them.
    admin = await app.admin()
    const life = await aLife(seed)
    const wrongMs = await live(seed, life)
    if (wrongMs > worst.wrongMs) Object.assign(worst, { seed, wrongMs })
    await reconciled(life)
    await expectConverged(life, `seed ${seed}`)
    // What was on its way for hours comes now, to no effect.
    await app.advance(HOURS + MINUTE)
    await takenIn()
    await reconciled(life)
    await expectConverged(life, `seed ${seed}, and what came hours late`)
    expect(await events.dead(), `seed ${seed}`).toBe(0)
    await life.end()
  })

  it('found something to mend', async ({ annotate }) => {
    await annotate(`worst staleness before it: ${Math.round(worst.wrongMs / 1000)} s (seed ${worst.seed})`)
    expect(worst.wrongMs).toBeGreaterThan(0)
  })
})
