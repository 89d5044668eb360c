import type { App, Reply, User } from './app.ts'

/** One use of the API: made ready with everything around it new, then sent; sent again, it is the same request. */
export interface Flow {
  readonly name: string
  /** Its route in the contract. */
  readonly route: string
  /** The domain event that it must not end without. */
  readonly tells?: string
  /** The audit's word for it. */
  readonly writes?: string
  prepare(app: App): Promise<Sending>
}

export interface Sending {
  (): Promise<Reply>
  /** The stage it is about, where it is about one that is there. */
  readonly stage?: string
}

export const about = (stage: string, send: () => Promise<Reply>): Sending => Object.assign(send, { stage })

let last = 0
export const fresh = (what: string): string => `${what}-${++last}`
/** More sessions than any test opens: what is refused is then refused for its own sake. */
const ROOMY = { sessionPolicy: { mode: 'allow', max: 10 } }

/** A stage of its own. A second later, so that no one waits for a place in what IVS takes in one. */
export async function aStage(app: App): Promise<string> {
  await app.advance(1)
  return app.stage(ROOMY)
}

export const onAStage = (stage: string, rest: string): string => `/v1/stages/${stage}/${rest}`

export const someone = (app: App, role: string): Promise<User> => app.user(fresh('user'), { stages: { '*': role } })
