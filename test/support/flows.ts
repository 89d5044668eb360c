import type { App, Reply, User } from './app.ts'
import { about, aStage, type Flow, fresh, someone } from './flow.ts'
import { moderationFlows } from './moderation-flows.ts'

const joining =
  (role: string, headers: () => Readonly<Record<string, string>> = () => ({})): Flow['prepare'] =>
  async (app) => {
    const [stage, user, own] = [await aStage(app), await someone(app, role), headers()]
    return () => user.join(stage, {}, own)
  }

/** A user on a stage, and what they do there next. */
const joined =
  (role: string, next: (user: User, participant: string, stage: string, app: App) => Promise<Reply>): Flow['prepare'] =>
  async (app) => {
    const [stage, user] = [await aStage(app), await someone(app, role)]
    const { participantId } = (await user.join(stage)).body
    return about(stage, () => next(user, `/v1/stages/${stage}/participants/${participantId}`, stage, app))
  }

const administering =
  (next: (admin: User, stage: string) => Promise<Reply>): Flow['prepare'] =>
  async (app) => {
    const [stage, admin] = [await aStage(app), await app.admin()]
    return about(stage, () => next(admin, stage))
  }

const withKey = () => ({ 'idempotency-key': fresh('key') })

/** Every operation behind a login, each way it works by. */
export const flows: readonly Flow[] = [
  { name: 'joining', route: 'POST /v1/stages/{stageId}/join', prepare: joining('viewer') },
  { name: 'joining with a key', route: 'POST /v1/stages/{stageId}/join', prepare: joining('viewer', withKey) },
  { name: 'joining to publish', route: 'POST /v1/stages/{stageId}/join', prepare: joining('host') },
  { name: 'joining to publish with a key', route: 'POST /v1/stages/{stageId}/join', prepare: joining('host', withKey) },
  {
    name: 'refreshing',
    route: 'POST /v1/stages/{stageId}/participants/{participantId}/token',
    prepare: joined('viewer', (user, own) => user.call('POST', `${own}/token`)),
  },
  {
    name: 'refreshing with other capabilities',
    route: 'POST /v1/stages/{stageId}/participants/{participantId}/token',
    prepare: joined('host', (user, own) => user.call('POST', `${own}/token`, { capabilities: ['SUBSCRIBE'] })),
  },
  {
    name: 'leaving',
    route: 'DELETE /v1/stages/{stageId}/participants/{participantId}',
    prepare: joined('viewer', (user, own) => user.call('DELETE', own)),
  },
  {
    name: 'leaving as a publisher',
    route: 'DELETE /v1/stages/{stageId}/participants/{participantId}',
    tells: 'participant.ended',
    writes: 'disconnected',
    prepare: joined('host', (user, own) => user.call('DELETE', own)),
  },
  {
    name: 'removing a device',
    route: 'DELETE /v1/stages/{stageId}/participants/{participantId}',
    tells: 'participant.ended',
    writes: 'participant_removed',
    prepare: joined('speaker', async (user, own, _, app) =>
      (await someone(app, 'host')).call('DELETE', `${own}?userId=${user.userId}`),
    ),
  },
  {
    name: 'reading a stage',
    route: 'GET /v1/stages/{stageId}',
    prepare: joined('viewer', (user, _, stage) => user.call('GET', `/v1/stages/${stage}`)),
  },
  {
    name: 'creating a stage',
    route: 'POST /v1/stages',
    prepare: async (app) => {
      await app.advance(1)
      const [stageId, admin] = [fresh('stage'), await app.admin()]
      return () => admin.call('POST', '/v1/stages', { stageId })
    },
  },
  {
    name: 'listing stages',
    route: 'GET /v1/stages',
    prepare: administering((admin) => admin.call('GET', '/v1/stages')),
  },
  {
    name: 'changing a stage',
    route: 'PATCH /v1/stages/{stageId}',
    prepare: administering((admin, stage) => admin.call('PATCH', `/v1/stages/${stage}`, { name: 'changed' })),
  },
  {
    name: 'resetting a stage',
    route: 'POST /v1/stages/{stageId}/reset',
    prepare: administering((admin, stage) => admin.call('POST', `/v1/stages/${stage}/reset`)),
  },
  {
    name: 'deleting a stage',
    route: 'DELETE /v1/stages/{stageId}',
    tells: 'stage.deleted',
    prepare: administering((admin, stage) => admin.call('DELETE', `/v1/stages/${stage}`)),
  },
  ...moderationFlows,
]

export function flowNamed(name: string): Flow {
  const flow = flows.find((one) => one.name === name)
  if (flow === undefined) throw new Error(`there is no flow "${name}"`)
  return flow
}
