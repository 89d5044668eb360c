import { CreateStageCommand, GetStageCommand, ListStagesCommand } from '@aws-sdk/client-ivs-realtime'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type App, startApp, type User } from '../support/app.ts'
import { adminClients } from '../support/aws-clients.ts'
import { expectProblem } from '../support/problem.ts'
import { type Standing, standingIn } from '../support/standing.ts'
import { until } from '../support/until.ts'

let app: App
let behind: ReturnType<typeof adminClients>
let standing: Standing
let admin: User
beforeAll(async () => {
  app = await startApp({ assume: { readLagMs: 0 } })
  behind = adminClients(app.info)
  standing = standingIn(app)
  admin = await app.admin()
})
afterAll(async () => {
  behind.ivs.destroy()
  await app.stop()
})

const create = (settings?: unknown) => admin.call('POST', '/v1/stages', settings)
const patch = (stageId: string, body: unknown, headers = {}) =>
  admin.call('PATCH', `/v1/stages/${stageId}`, body, headers)
const isInIvs = async (arn: string) => {
  const { stages = [] } = await behind.ivs.send(new ListStagesCommand({ maxResults: 100 }))
  return stages.some((stage) => stage.arn === arn)
}

describe('creating', () => {
  it('needs nothing said: these are the defaults', async () => {
    const made = await create()
    expect(made.status).toBe(201)
    const { stageId, stageArn } = made.body
    expect(made.body).toEqual({
      stageId: expect.stringMatching(/^[a-z0-9][a-z0-9-]{1,62}[a-z0-9]$/),
      stageArn: expect.stringMatching(/^arn:aws:ivs:/),
      access: 'members',
      defaultRole: 'viewer',
      roles: {},
      seats: 12,
      reservedSeats: 0,
      sessionPolicy: { mode: 'allow', max: 3 },
      tags: {},
      adopted: false,
      createdAt: expect.stringMatching(/Z$/),
      updatedAt: expect.stringMatching(/Z$/),
    })
    expect(made.headers.get('location')).toBe(`/v1/stages/${stageId}`)
    expect(made.headers.get('etag')).toMatch(/^".+"$/)
    const { stage } = await behind.ivs.send(new GetStageCommand({ arn: stageArn }))
    expect(stage?.tags).toMatchObject({ 'stagedoor:deployment': 'stagedoor-local', 'stagedoor:stage-id': stageId })
  })

  it('takes every setting, and its tags go to IVS', async () => {
    const settings = {
      stageId: 'town-hall',
      name: 'Town hall',
      access: 'open',
      defaultRole: 'guest',
      roles: {
        guest: {
          capabilities: ['SUBSCRIBE'],
          rank: 1,
          defaultDuration: 10,
          maxDuration: 20,
          callerAttributes: ['displayName', 'avatar'],
        },
        speaker: { maxDuration: 60 },
      },
      seats: 4,
      reservedSeats: 1,
      sessionPolicy: { mode: 'reject', max: 2 },
      maxDuration: 15,
      endsAt: '2100-01-01T00:00:00.000Z',
      idleMinutes: 60,
      strict: true,
      tags: { team: 'events' },
    }
    const made = await create(settings)
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject(settings)
    const { stage } = await behind.ivs.send(new GetStageCommand({ arn: made.body.stageArn }))
    expect(stage?.tags).toMatchObject({ team: 'events', 'stagedoor:stage-id': 'town-hall' })
    const joined = await (await app.user('ada')).join('town-hall', { duration: 20, attributes: { avatar: 'a' } })
    expect(joined.body).toMatchObject({ role: 'guest', duration: 15 })
  })

  it('is refused where the id is in use, and leaves no IVS stage behind', async () => {
    const stageId = await app.stage()
    const before = await behind.ivs.send(new ListStagesCommand({ maxResults: 100 }))
    expectProblem(await create({ stageId }), 409, 'stage_exists')
    const after = await behind.ivs.send(new ListStagesCommand({ maxResults: 100 }))
    expect(after.stages?.length).toBe(before.stages?.length)
  })

  it.each([
    ['an unknown default role', { defaultRole: 'emperor' }, '/defaultRole'],
    ['a default role that moderates', { defaultRole: 'moderator' }, '/defaultRole'],
    ['more reserved seats than seats', { seats: 2, reservedSeats: 3 }, '/reservedSeats'],
    ['a new role in part only', { roles: { guest: { rank: 1 } } }, '/roles/guest/capabilities'],
    ['tags of ours', { tags: { 'stagedoor:deployment': 'x' } }, '/tags/stagedoor:deployment'],
    ['an unknown field', { capacity: 3 }, '/capacity'],
  ])('refuses %s', async (_, settings, pointer) => {
    const refused = await create(settings)
    expectProblem(refused, 400, 'invalid_request', { errors: expect.any(Array) })
    expect(refused.body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer)
  })
})

describe('adopting', () => {
  const existing = async (tags: Record<string, string> = {}) => {
    const { stage } = await behind.ivs.send(new CreateStageCommand({ name: 'existing', tags }))
    return stage?.arn ?? ''
  }

  it('takes an IVS stage that is nobody’s, and tags it', async () => {
    const stageArn = await existing({ team: 'events' })
    const made = await create({ stageArn, access: 'open' })
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({ stageArn, adopted: true })
    const { stage } = await behind.ivs.send(new GetStageCommand({ arn: stageArn }))
    expect(stage?.tags).toMatchObject({ team: 'events', 'stagedoor:deployment': 'stagedoor-local' })
    const joined = await (await app.user('ada')).join(made.body.stageId)
    expect((await app.enter(joined.body.token)).body).toMatchObject({ stageArn })
  })

  it('refuses one that is behind a stage already', async () => {
    const stageArn = await existing()
    expect((await create({ stageArn })).status).toBe(201)
    expectProblem(await create({ stageArn }), 409, 'conflict')
  })

  it.each([
    ['another deployment’s', () => existing({ 'stagedoor:deployment': 'stagedoor-prod' })],
    ['one that is not there', async () => 'arn:aws:ivs:us-east-1:123456789012:stage/AbCdEfGhIjKl'],
  ])('refuses %s', async (_, arn) => {
    expectProblem(await create({ stageArn: await arn() }), 400, 'invalid_request', {
      errors: [{ pointer: '/stageArn', code: 'not_found', detail: expect.any(String) }],
    })
  })
})

describe('reading', () => {
  it('shows anyone with a right what goes on, and admins the ARN too', async () => {
    const stageId = await app.stage({ name: 'Lobby', seats: 3, defaultRole: 'speaker' })
    const ada = await app.user('ada')
    const seen = await ada.call('GET', `/v1/stages/${stageId}`)
    expect(seen.status).toBe(200)
    expect(seen.headers.get('cache-control')).toBe('private')
    expect(seen.body).toEqual({
      stageId,
      name: 'Lobby',
      access: 'open',
      live: false,
      publishers: 0,
      seats: 3,
      seatsFree: 3,
      asOf: expect.stringMatching(/Z$/),
      you: { role: 'speaker', capabilities: ['PUBLISH', 'SUBSCRIBE'] },
    })
    const { body } = await ada.join(stageId)
    expect((await ada.call('GET', `/v1/stages/${stageId}`)).body).toMatchObject({ seatsFree: 2 })
    await app.enter(body.token)
    await app.local('POST', '/stage/publish', { participantId: body.participantId })
    const asAdmin = await until(async () => {
      const { body } = await admin.call('GET', `/v1/stages/${stageId}`)
      return body.live && body
    })
    expect(asAdmin).toMatchObject({ stageArn: expect.stringMatching(/^arn:aws:ivs:/), live: true, publishers: 1 })
  })

  it('answers 304 to whoever has seen it', async () => {
    const stageId = await app.stage()
    const ada = await app.user('ada')
    const path = `/v1/stages/${stageId}`
    const etag = (await ada.call('GET', path)).headers.get('etag') ?? ''
    const again = await ada.call('GET', path, undefined, { 'if-none-match': etag })
    expect([again.status, again.body, again.headers.get('etag')]).toEqual([304, undefined, etag])
    const other = await (await app.user('mo', { roles: ['moderator'] })).call('GET', path, undefined, {
      'if-none-match': etag,
    })
    expect(other.status, 'someone else is shown something else').toBe(200)
  })

  it('is for those who could join', async () => {
    const stageId = await app.stage({ access: 'members' })
    const path = `/v1/stages/${stageId}`
    expectProblem(await (await app.user('ada')).call('GET', path), 403, 'not_a_member')
    await standing.ban(stageId, 'eve')
    expectProblem(await (await app.user('eve', { roles: ['viewer'] })).call('GET', path), 403, 'banned')
    expectProblem(await admin.call('GET', '/v1/stages/nowhere-at-all'), 404, 'stage_not_found')
    const asAdmin = await admin.call('GET', path)
    expect(asAdmin.body.you, 'an admin looks without a right to join').toEqual({ role: 'none', capabilities: [] })
  })
})

describe('changing', () => {
  it('is a merge patch: what is left out stays, null puts the default back', async () => {
    const made = await create({ name: 'One', access: 'open', seats: 5, tags: { a: '1', b: '2' }, roles: ROLES })
    const { stageId } = made.body
    const changed = await patch(stageId, { seats: 7, tags: { b: null, c: '3' }, roles: { speaker: { rank: 12 } } })
    expect(changed.status).toBe(200)
    const { updatedAt: _, ...before } = made.body
    const roles = { speaker: { maxDuration: 60, rank: 12 } }
    expect(changed.body).toMatchObject({ ...before, seats: 7, tags: { a: '1', c: '3' }, roles })
    expect(changed.body.tags).toEqual({ a: '1', c: '3' })
    const { stage } = await behind.ivs.send(new GetStageCommand({ arn: made.body.stageArn }))
    expect(stage?.tags).toMatchObject({ a: '1', c: '3', 'stagedoor:stage-id': stageId })
    expect(stage?.tags).not.toHaveProperty('b')
    const cleared = await patch(stageId, { name: null, access: null, seats: null, tags: null, roles: null })
    expect(cleared.body).toMatchObject({ access: 'members', seats: 12, tags: {}, roles: {} })
    expect(cleared.body).not.toHaveProperty('name')
  })

  it('takes effect on joins within five seconds', async () => {
    const stageId = await app.stage()
    const ada = await app.user('ada', { roles: ['speaker'] })
    await ada.join(stageId)
    await patch(stageId, { access: 'closed' })
    await app.advance(5)
    expectProblem(await ada.join(stageId), 403, 'stage_closed')
  })

  it('only in the version that If-Match names', async () => {
    const made = await create()
    const { stageId } = made.body
    const first = { 'if-match': made.headers.get('etag') ?? '' }
    const changed = await patch(stageId, { seats: 3 }, first)
    expect(changed.status).toBe(200)
    expect(changed.headers.get('etag')).not.toBe(first['if-match'])
    expectProblem(await patch(stageId, { seats: 4 }, first), 412, 'precondition_failed')
    const path = `/v1/stages/${stageId}`
    expectProblem(await admin.call('DELETE', path, undefined, first), 412, 'precondition_failed')
    const current = { 'if-match': changed.headers.get('etag') ?? '' }
    expect((await patch(stageId, { seats: 4 }, { 'if-match': '*' })).status).toBe(200)
    expectProblem(await admin.call('DELETE', path, undefined, current), 412, 'precondition_failed')
  })

  it('refuses what the whole of it forbids', async () => {
    const made = await create({ seats: 4, reservedSeats: 2 })
    const refused = await patch(made.body.stageId, { seats: 1 })
    expectProblem(refused, 400, 'invalid_request', { errors: expect.any(Array) })
    expectProblem(await patch('nowhere-at-all', { seats: 1 }), 404, 'stage_not_found')
    const unchangeable = await patch(made.body.stageId, { stageArn: made.body.stageArn })
    expectProblem(unchangeable, 400, 'invalid_request', { errors: expect.any(Array) })
  })
})

const ROLES = { speaker: { maxDuration: 60 } }

describe('listing', () => {
  it('goes through all of them by id, a page at a time', async () => {
    const made = ['list-c', 'list-a', 'list-b']
    for (const stageId of made) await create({ stageId })
    const ids: string[] = []
    let cursor = ''
    do {
      const page = await admin.call('GET', `/v1/stages?limit=2${cursor}`)
      expect(page.status).toBe(200)
      expect(page.body.items.length).toBeLessThanOrEqual(2)
      ids.push(...page.body.items.map((item: { stageId: string }) => item.stageId))
      cursor = page.body.nextCursor === undefined ? '' : `&cursor=${page.body.nextCursor}`
    } while (cursor !== '')
    expect(ids).toEqual([...ids].sort())
    expect(ids).toEqual(expect.arrayContaining(['demo', 'list-a', 'list-b', 'list-c']))
    expect(new Set(ids).size).toBe(ids.length)
    const all = await admin.call('GET', '/v1/stages?limit=100')
    expect(all.body.items.map((item: { stageId: string }) => item.stageId)).toEqual(ids)
    expect(all.body).not.toHaveProperty('nextCursor')
    expect(all.headers.get('cache-control')).toBe('private')
  })

  it.each(['0', '101', 'x', '-1', '1.5'])('refuses a limit of %s', async (limit) => {
    const refused = await admin.call('GET', `/v1/stages?limit=${limit}`)
    expectProblem(refused, 400, 'invalid_request', { errors: [expect.objectContaining({ code: expect.any(String) })] })
  })

  it.each(['x', 'bm90IGpzb24', Buffer.from('{"pk":"stage#demo"}').toString('base64url')])(
    'refuses the cursor %s',
    async (cursor) => {
      const refused = await admin.call('GET', `/v1/stages?cursor=${cursor}`)
      expectProblem(refused, 400, 'invalid_cursor', { errors: expect.any(Array) })
    },
  )
})

describe('resetting', () => {
  it('puts everyone out and kills every token, and keeps id, members and bans', async () => {
    const stageId = await app.stage({ access: 'members', defaultRole: 'speaker', seats: 1 })
    await standing.assign(stageId, 'ada', 'speaker')
    await standing.ban(stageId, 'eve')
    const ada = await app.user('ada')
    const { body: before } = await ada.join(stageId)
    await app.enter(before.token)
    const old = (await admin.call('GET', `/v1/stages/${stageId}`)).body.stageArn
    const reset = await admin.call('POST', `/v1/stages/${stageId}/reset`)
    expect(reset.status).toBe(200)
    expect(reset.body).toMatchObject({ stageId, access: 'members', seats: 1 })
    expect(reset.body.stageArn).not.toBe(old)
    expect(reset.headers.get('etag')).toBeTruthy()
    expect(await isInIvs(old)).toBe(false)
    expect((await app.enter(before.token)).body.code).toBe('STAGE_DELETED')
    await app.advance(6)
    const after = await ada.join(stageId)
    expect(after.status, 'her seat is free again').toBe(201)
    expect((await app.enter(after.body.token)).body).toMatchObject({ stageArn: reset.body.stageArn })
    expectProblem(await (await app.user('eve', { roles: ['viewer'] })).join(stageId), 403, 'banned')
    expectProblem(await (await app.user('zoe')).join(stageId), 403, 'not_a_member')
  })

  it('needs a stage', async () => {
    expectProblem(await admin.call('POST', '/v1/stages/nowhere-at-all/reset'), 404, 'stage_not_found')
  })
})

describe('deleting', () => {
  it('takes the IVS stage along; the same id created again starts empty', async () => {
    const made = await create({ stageId: 'phoenix', access: 'members' })
    await standing.assign('phoenix', 'ada', 'speaker')
    await standing.ban('phoenix', 'eve')
    const ada = await app.user('ada')
    const { body } = await ada.join('phoenix')
    await app.enter(body.token)
    for (const attempt of ['the first', 'the second']) {
      const gone = await admin.call('DELETE', '/v1/stages/phoenix')
      expect([gone.status, gone.body], attempt).toEqual([204, undefined])
    }
    expect(await isInIvs(made.body.stageArn)).toBe(false)
    expect((await app.enter(body.token)).body.code).toBe('STAGE_DELETED')
    await app.advance(6)
    expectProblem(await ada.join('phoenix'), 404, 'stage_not_found')
    expect((await create({ stageId: 'phoenix', access: 'members' })).status).toBe(201)
    expectProblem(await ada.join('phoenix'), 403, 'not_a_member')
    expect((await (await app.user('eve', { roles: ['viewer'] })).join('phoenix')).status).toBe(201)
    const token = `/v1/stages/phoenix/participants/${body.participantId}/token`
    const viewer = await app.user('ada', { roles: ['viewer'] })
    expectProblem(await viewer.call('POST', token), 404, 'participant_not_found')
  })
})

it.each([
  ['POST', '/v1/stages'],
  ['GET', '/v1/stages'],
  ['PATCH', '/v1/stages/demo'],
  ['DELETE', '/v1/stages/demo'],
  ['POST', '/v1/stages/demo/reset'],
])('%s %s is for admins', async (method, path) => {
  const host = await app.user('holly', { roles: ['host'] })
  expectProblem(await host.call(method, path, method === 'PATCH' ? {} : undefined), 403, 'not_an_admin')
})
