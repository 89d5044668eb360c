import { inject } from 'vitest'
import { startTwin, type TestTwin, type TestTwinOptions } from './twin.ts'

/** What a client sees of one answer. */
export interface Reply {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: a test says itself what it expects of a body
  readonly body: any
}

/** One user of the API, with a login from the local identity provider. */
export interface User {
  readonly userId: string
  readonly login: string
  call(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Reply>
  join(stageId: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Reply>
}

export interface App extends TestTwin {
  user(sub: string, login?: Readonly<Record<string, unknown>>): Promise<User>
  admin(login?: Readonly<Record<string, unknown>>): Promise<User>
  /** A stage of its own, made through the API. */
  stage(settings?: Readonly<Record<string, unknown>>): Promise<string>
  request(
    method: string,
    path: string,
    init?: { body?: unknown; headers?: Readonly<Record<string, string>> },
  ): Promise<Reply>
  /** Moves the stack's clock forward. */
  advance(seconds: number): Promise<void>
  /** What IVS answers an SDK client that comes with this token. */
  enter(token: string): Promise<Reply>
}

/** `npm run test:bundles` (vitest's mode `bundles`) runs the very same suite against the built bundles. */
export const againstBundles = process.env.MODE === 'bundles'

export interface AppOptions extends TestTwinOptions {
  /** Who makes logins where `AUTH_ISSUERS` names another issuer than the local one. */
  readonly login?: (request: { readonly sub: string; readonly [claim: string]: unknown }) => string
}

/** A whole local stack, and users of it. */
export async function startApp({ login, ...options }: AppOptions = {}): Promise<App> {
  const twin = await startTwin({ ...(againstBundles && { bundlesDirectory: inject('bundles') }), ...options })
  const request: App['request'] = async (method, path, { body, headers } = {}) => {
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
    const response = await fetch(`${twin.api}${path}`, {
      method,
      headers: { ...(text !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(text !== undefined && { body: text }),
    })
    const answer = await response.text()
    return { status: response.status, headers: response.headers, body: answer === '' ? undefined : JSON.parse(answer) }
  }
  const user: App['user'] = async (sub, claims = {}) => {
    const asked = { sub, ...claims }
    const token = login?.(asked) ?? (await twin.local<{ token: string }>('POST', '/login', asked)).token
    const call: User['call'] = (method, path, body, headers = {}) =>
      request(method, path, { body, headers: { authorization: `Bearer ${token}`, ...headers } })
    return {
      userId: sub,
      login: token,
      call,
      join: (stageId, body, headers) => call('POST', `/v1/stages/${stageId}/join`, body, headers),
    }
  }
  const admin: App['admin'] = (claims = {}) => user('admin', { roles: ['admin'], ...claims })
  return {
    ...twin,
    request,
    user,
    admin,
    async advance(seconds) {
      await twin.local('POST', '/clock', { advance: seconds })
    },
    enter: (token) => request('POST', '/_local/stage/join', { body: { token } }),
    async stage(settings = {}) {
      const made = await (await admin()).call('POST', '/v1/stages', { access: 'open', ...settings })
      if (made.status !== 201) throw new Error(`the stage was not made: ${made.status} ${made.body?.code}`)
      return made.body.stageId
    },
  }
}
