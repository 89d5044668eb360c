import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { builtInRoles } from '../../lib/grant/built-in-roles.ts'
import { type App, startApp } from '../support/app.ts'

const ROLES = builtInRoles({ default: 180, max: 720 })
const NAMES = Object.keys(ROLES)
const STAGE_MAX = 240
const VIEWER_MAX = 90
const SEATS = 12
const RUNS = 150

let app: App
let stage: string
let uses = 0
beforeAll(async () => {
  app = await startApp()
}, 60_000)
afterAll(() => app.stop())

/** Another stage as soon as there may be no seat for everyone. */
async function takeStage(): Promise<void> {
  if (uses++ % SEATS === 0)
    stage = await app.stage({ maxDuration: STAGE_MAX, roles: { viewer: { maxDuration: VIEWER_MAX } } })
}

const roleName = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom(...NAMES) },
  fc.constantFrom('constructor', '__proto__', 'nobody'),
)
const valid = {
  role: roleName,
  slot: fc.constantFrom('main', 'screen'),
  capabilities: fc.subarray(['PUBLISH', 'SUBSCRIBE'], { minLength: 1 }),
  duration: fc.integer({ min: 1, max: 20_160 }),
  attributes: fc.oneof(
    { weight: 5, arbitrary: fc.record({ displayName: fc.string({ maxLength: 20 }) }) },
    fc.dictionary(fc.constantFrom('displayName', 'role', 'plan'), fc.string({ maxLength: 20 }), { maxKeys: 2 }),
  ),
}
const validBody = fc.record(valid, { requiredKeys: [] })
/** Fields that are right, wrong, or none of ours, in any mixture. */
const mixedBody = fc.record(
  {
    ...Object.fromEntries(
      Object.entries(valid).map(([name, arb]) => [name, fc.oneof({ weight: 4, arbitrary: arb }, fc.jsonValue())]),
    ),
    userId: fc.string(),
    stageId: fc.string(),
    expiresAt: fc.nat(),
  },
  { requiredKeys: [] },
)
const claims = fc.record(
  {
    roles: fc.oneof(fc.array(roleName, { maxLength: 3 }), roleName),
    stages: fc.dictionary(fc.constantFrom('*', 'demo', 'elsewhere'), roleName),
    userId: fc.string(),
    capabilities: fc.constant(['PUBLISH']),
  },
  { requiredKeys: [] },
)

interface Said {
  readonly roles?: string | readonly string[]
  readonly stages?: Readonly<Record<string, string>>
}

/** The right as the policy words it, worked out anew: the login's for this stage, for any, by its groups, else the default. */
function rightOf({ roles = [], stages = {} }: Said): (typeof ROLES)[string] | undefined {
  const known = [roles].flat().filter((name) => NAMES.includes(name))
  const highest = known.sort((a, b) => (ROLES[b]?.rank ?? 0) - (ROLES[a]?.rank ?? 0))[0]
  return ROLES[stages[stage] ?? stages['*'] ?? highest ?? 'viewer']
}

const claimsIn = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'))
const allowed = (capabilities: Readonly<Record<string, boolean>>): string[] =>
  Object.entries({ PUBLISH: 'allow_publish', SUBSCRIBE: 'allow_subscribe' }).flatMap(([name, claim]) =>
    capabilities[claim] === true ? [name] : [],
  )

let users = 0
const login = (said: Said, expiresIn: number) =>
  // A stage of any name in the claims is this one where it is called `demo`.
  app.user(`user-${++users}`, { expiresIn, claims: { ...said, stages: onThis(said.stages) } })
const onThis = (stages: Said['stages']) =>
  stages && Object.fromEntries(Object.entries(stages).map(([name, role]) => [name === 'demo' ? stage : name, role]))

it('a token is never more than the right, whatever is asked for and claimed', async () => {
  let granted = 0
  await fc.assert(
    fc.asyncProperty(claims, validBody, fc.integer({ min: 61, max: 50_000 }), async (said, body, life) => {
      await takeStage()
      const user = await login(said as Said, life)
      const { status, body: answer } = await user.join(stage, body)
      const right = rightOf({ ...(said as Said), ...(said.stages && { stages: onThis(said.stages) }) } as Said)
      expect([201, 400, 403]).toContain(status)
      if (status !== 201) {
        expect(answer).not.toHaveProperty('token')
        return
      }
      granted += 1
      const role = ROLES[answer.role]
      expect(right && role && role.rank <= right.rank).toBe(true)
      for (const capability of answer.capabilities) expect(right?.capabilities).toContain(capability)
      expect(answer.userId).toBe(user.userId)

      const token = claimsIn(answer.token)
      expect(token).toMatchObject({ jti: answer.participantId, user_id: user.userId, attributes: answer.attributes })
      expect(allowed(token.capabilities).sort()).toEqual([...answer.capabilities].sort())
      expect(answer.attributes.role).toBe(answer.role)
      expect(Object.keys(answer.attributes).filter((name) => !['role', 'displayName'].includes(name))).toEqual([])
      const bounds = [STAGE_MAX, 720, body.duration ?? 180, ...(answer.role === 'viewer' ? [VIEWER_MAX] : [])]
      expect(token.exp - token.iat).toBeLessThanOrEqual(Math.min(...bounds) * 60)
      expect(token.exp * 1000).toBe(Date.parse(answer.expirationTime))
      expect(answer.expiresIn).toBeLessThanOrEqual(answer.duration * 60)
    }),
    { numRuns: RUNS },
  )
  expect(granted).toBeGreaterThan(RUNS / 10)
})

it('a new token of a participant is never more than the right either', async () => {
  const narrower = fc.record(
    { capabilities: valid.capabilities, duration: valid.duration, attributes: valid.attributes },
    { requiredKeys: [] },
  )
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...NAMES), fc.constantFrom(...NAMES), narrower, async (before, now, body) => {
      await takeStage()
      const user = await login({ stages: { '*': before } }, 3600)
      const joined = await user.join(stage)
      expect(joined.status).toBe(201)
      const { participantId } = joined.body
      const again = await app.user(user.userId, { stages: { '*': now } })
      const { status, body: answer } = await again.call(
        'POST',
        `/v1/stages/${stage}/participants/${participantId}/token`,
        body,
      )
      expect([201, 400, 403]).toContain(status)
      if (status !== 201) {
        expect(answer).not.toHaveProperty('token')
        return
      }
      const token = claimsIn(answer.token)
      expect(token).toMatchObject({ jti: participantId, user_id: user.userId })
      for (const capability of allowed(token.capabilities)) expect(ROLES[now]?.capabilities).toContain(capability)
      expect(ROLES[answer.role]?.rank).toBeLessThanOrEqual(ROLES[now]?.rank ?? -1)
      expect(token.exp - token.iat).toBeLessThanOrEqual(Math.min(STAGE_MAX, body.duration ?? 180) * 60)
    }),
    { numRuns: RUNS / 3 },
  )
})

it('no body is a 5xx', async () => {
  const stage = await app.stage()
  const admin = await app.admin({ stages: { '*': 'host' } })
  const { participantId } = (await admin.join('demo')).body
  const routes = [
    ['POST', '/v1/stages/demo/join'],
    ['POST', `/v1/stages/demo/participants/${participantId}/token`],
    ['POST', '/v1/stages'],
    ['PATCH', `/v1/stages/${stage}`],
    ['POST', `/v1/stages/${stage}/reset`],
  ] as const
  const text = fc.oneof(
    { weight: 3, arbitrary: mixedBody.map((body) => JSON.stringify(body)) },
    fc.json({ maxDepth: 4 }),
    fc.string({ unit: 'binary' }),
  )
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...routes), text, async ([method, path], body) => {
      const { status } = await admin.call(method, path, body)
      expect(status).toBeLessThan(500)
    }),
    { numRuns: RUNS * 2 },
  )
})

it('no change of a stage is a 5xx, and what is answered is what is kept', async () => {
  const admin = await app.admin()
  const settings = fc.record(
    {
      access: fc.constantFrom('open', 'members', 'closed', null),
      defaultRole: fc.oneof(roleName, fc.constant(null)),
      seats: fc.oneof(fc.integer({ min: 0, max: 13 }), fc.constant(null)),
      reservedSeats: fc.integer({ min: 0, max: 13 }),
      maxDuration: fc.integer({ min: 0, max: 20_161 }),
      sessionPolicy: fc.record({ mode: fc.constantFrom('allow', 'replace', 'reject') }),
      roles: fc.dictionary(
        roleName,
        fc.record({ maxDuration: fc.integer({ min: 1, max: 30 }) }, { requiredKeys: [] }),
        { maxKeys: 2 },
      ),
    },
    { requiredKeys: [] },
  )
  const stageId = await app.stage()
  await fc.assert(
    fc.asyncProperty(settings, async (patch) => {
      const { status, body } = await admin.call('PATCH', `/v1/stages/${stageId}`, patch)
      expect([200, 400]).toContain(status)
      if (status !== 200) return
      const created = await admin.call('GET', '/v1/stages')
      const found = created.body.items.find((item: { stageId: string }) => item.stageId === stageId)
      expect(found).toEqual(body)
    }),
    { numRuns: RUNS / 2 },
  )
})
