import type { App, Reply, User } from './app.ts'
import { about, aStage, type Flow, fresh, onAStage, someone } from './flow.ts'
import { until } from './until.ts'

interface Scene {
  readonly app: App
  readonly stage: string
  /** Below whoever acts, and on the stage with a token that may publish. */
  readonly target: User
  readonly participantId: string
  readonly moderator: User
}

/** Somebody on a stage, in IVS's eyes too, and a host who does something about them. */
const moderating =
  (next: (scene: Scene, at: (rest: string) => string) => Promise<Reply>, before = async (_: Scene) => {}) =>
  async (app: App) => {
    const [stage, target, moderator] = [await aStage(app), await someone(app, 'speaker'), await someone(app, 'host')]
    const { body } = await target.join(stage)
    await app.enter(body.token)
    const scene = { app, stage, target, moderator, participantId: body.participantId as string }
    await before(scene)
    return about(stage, () => next(scene, (rest) => onAStage(stage, rest)))
  }

const assigning = (role: string) =>
  moderating(({ moderator, target }, at) => moderator.call('PUT', at(`members/${target.userId}`), { role }))

const asMember = async ({ stage, target, moderator }: Scene): Promise<void> => {
  await moderator.call('PUT', onAStage(stage, `members/${target.userId}`), { role: 'speaker' })
}
const asBanned = async ({ stage, target, moderator }: Scene): Promise<void> => {
  await moderator.call('PUT', onAStage(stage, `bans/${target.userId}`), {})
}
const publishing = async ({ app, stage, target, participantId }: Scene): Promise<void> => {
  await app.local('POST', '/stage/publish', { participantId })
  await until(async () => {
    const { body } = await target.call('GET', onAStage(stage, 'participants'))
    return body.items.length === 1
  })
}
const looking = (rest: string, before?: (scene: Scene) => Promise<void>) =>
  moderating(({ moderator }, at) => moderator.call('GET', at(rest)), before)

const membersPath = '/v1/stages/{stageId}/members'
const bansPath = '/v1/stages/{stageId}/bans'
const explainPath = '/v1/stages/{stageId}/explain'

/** What moderators do, and who looks at what happens on a stage. */
export const moderationFlows: readonly Flow[] = [
  { name: 'listing members', route: `GET ${membersPath}`, prepare: looking('members', asMember) },
  {
    ...{ name: 'promoting', route: `PUT ${membersPath}/{userId}`, prepare: assigning('moderator') },
    ...{ tells: 'role.changed', writes: 'role_assigned' },
  },
  {
    ...{ name: 'demoting', route: `PUT ${membersPath}/{userId}`, prepare: assigning('viewer') },
    ...{ tells: 'role.changed', writes: 'role_assigned' },
  },
  {
    ...{ name: 'taking a role away', route: `DELETE ${membersPath}/{userId}` },
    ...{ tells: 'role.changed', writes: 'role_removed' },
    prepare: moderating(
      ({ moderator, target }, at) => moderator.call('DELETE', at(`members/${target.userId}`)),
      asMember,
    ),
  },
  {
    ...{ name: 'kicking', route: `POST ${membersPath}/{userId}/kick` },
    ...{ tells: 'participant.ended', writes: 'kicked' },
    prepare: moderating(({ moderator, target }, at) =>
      moderator.call('POST', at(`members/${target.userId}/kick`), { reason: 'noise', cooldownSeconds: 60 }),
    ),
  },
  { name: 'listing bans', route: `GET ${bansPath}`, prepare: looking('bans', asBanned) },
  {
    ...{ name: 'banning', route: `PUT ${bansPath}/{userId}`, tells: 'user.banned', writes: 'banned' },
    prepare: moderating(({ moderator, target }, at) =>
      moderator.call('PUT', at(`bans/${target.userId}`), { reason: 'spam' }),
    ),
  },
  {
    ...{ name: 'lifting a ban', route: `DELETE ${bansPath}/{userId}`, tells: 'user.unbanned', writes: 'unbanned' },
    prepare: moderating(({ moderator, target }, at) => moderator.call('DELETE', at(`bans/${target.userId}`)), asBanned),
  },
  {
    ...{ name: 'explaining a user', route: `GET ${explainPath}` },
    prepare: moderating(({ moderator, target }, at) => moderator.call('GET', at(`explain?userId=${target.userId}`))),
  },
  {
    ...{ name: 'explaining a login', route: `POST ${explainPath}` },
    prepare: async (app) => {
      const [stage, admin] = [await aStage(app), await app.admin()]
      const claims = JSON.parse(Buffer.from(admin.login.split('.')[1] ?? '', 'base64url').toString())
      return () => admin.call('POST', onAStage(stage, 'explain'), { claims: { ...claims, sub: fresh('user') } })
    },
  },
  { name: 'listing the audit', route: 'GET /v1/stages/{stageId}/audit', prepare: looking('audit', asBanned) },
  {
    ...{ name: 'reading the roster', route: 'GET /v1/stages/{stageId}/participants' },
    prepare: looking('participants', publishing),
  },
  {
    ...{ name: 'reading who is connected', route: 'GET /v1/stages/{stageId}/participants' },
    prepare: looking('participants?audience=all'),
  },
  {
    ...{ name: 'listing sessions', route: 'GET /v1/stages/{stageId}/sessions' },
    prepare: async (app) => {
      const [stage, admin] = [await aStage(app), await app.admin()]
      return () => admin.call('GET', onAStage(stage, 'sessions'))
    },
  },
  {
    ...{ name: 'listing what happened', route: 'GET /v1/stages/{stageId}/sessions/{sessionId}/events' },
    prepare: async (app) => {
      const [stage, admin] = [await aStage(app), await app.admin()]
      return () => admin.call('GET', onAStage(stage, 'sessions/st-1/events'))
    },
  },
]
