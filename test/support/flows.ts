import type { App, Reply, User } from './app.ts'

/** One use of the API: made ready with everything around it new, then sent; sent again, it is the same request. */
export interface Flow {
  readonly name: string
  prepare(app: App): Promise<() => Promise<Reply>>
}

let last = 0
const fresh = (what: string): string => `${what}-${++last}`
/** More sessions than any test opens: what is refused is then refused for its own sake. */
const ROOMY = { sessionPolicy: { mode: 'allow', max: 10 } }

/** A stage of its own. A second later, so that no one waits for a place in what IVS takes in one. */
async function aStage(app: App): Promise<string> {
  await app.advance(1)
  return app.stage(ROOMY)
}

const someone = (app: App, role: string): Promise<User> => app.user(fresh('user'), { stages: { '*': role } })

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
    return () => next(user, `/v1/stages/${stage}/participants/${participantId}`, stage, app)
  }

const administering =
  (next: (admin: User, stage: string) => Promise<Reply>): Flow['prepare'] =>
  async (app) => {
    const [stage, admin] = [await aStage(app), await app.admin()]
    return () => next(admin, stage)
  }

const withKey = () => ({ 'idempotency-key': fresh('key') })

/** Every operation behind a login, each way it works by. */
export const flows: readonly Flow[] = [
  { name: 'joining', prepare: joining('viewer') },
  { name: 'joining with a key', prepare: joining('viewer', withKey) },
  { name: 'joining to publish', prepare: joining('host') },
  { name: 'joining to publish with a key', prepare: joining('host', withKey) },
  { name: 'refreshing', prepare: joined('viewer', (user, own) => user.call('POST', `${own}/token`)) },
  {
    name: 'refreshing with other capabilities',
    prepare: joined('host', (user, own) => user.call('POST', `${own}/token`, { capabilities: ['SUBSCRIBE'] })),
  },
  { name: 'leaving', prepare: joined('viewer', (user, own) => user.call('DELETE', own)) },
  { name: 'leaving as a publisher', prepare: joined('host', (user, own) => user.call('DELETE', own)) },
  {
    name: 'removing a device',
    prepare: joined('speaker', async (user, own, _, app) =>
      (await someone(app, 'host')).call('DELETE', `${own}?userId=${user.userId}`),
    ),
  },
  { name: 'reading a stage', prepare: joined('viewer', (user, _, stage) => user.call('GET', `/v1/stages/${stage}`)) },
  {
    name: 'creating a stage',
    prepare: async (app) => {
      await app.advance(1)
      const [stageId, admin] = [fresh('stage'), await app.admin()]
      return () => admin.call('POST', '/v1/stages', { stageId })
    },
  },
  { name: 'listing stages', prepare: administering((admin) => admin.call('GET', '/v1/stages')) },
  {
    name: 'changing a stage',
    prepare: administering((admin, stage) => admin.call('PATCH', `/v1/stages/${stage}`, { name: 'changed' })),
  },
  {
    name: 'resetting a stage',
    prepare: administering((admin, stage) => admin.call('POST', `/v1/stages/${stage}/reset`)),
  },
  { name: 'deleting a stage', prepare: administering((admin, stage) => admin.call('DELETE', `/v1/stages/${stage}`)) },
]

export function flowNamed(name: string): Flow {
  const flow = flows.find((one) => one.name === name)
  if (flow === undefined) throw new Error(`there is no flow "${name}"`)
  return flow
}
