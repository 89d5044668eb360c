import type * as z from 'zod/mini'
import type { PolicyRefusal } from '../grant/decide-grant.ts'
import type { ParticipantId, SessionId, StageId, UserId } from '../ids.ts'
import type { Caller } from '../login/caller.ts'
import type { Result } from '../result.ts'
import type { EpochMs } from '../time.ts'
import type { RequestLog } from './request-log.ts'

/** The path parameters of the API: the edge parses each by its name, so a handler holds an id and not a string. */
export interface PathBrands {
  readonly stageId: StageId
  readonly participantId: ParticipantId
  readonly userId: UserId
  readonly sessionId: SessionId
}

/** What a path template promises: `PathOf<'/v1/stages/{stageId}/join'>` is `{ stageId: StageId }`. */
export type PathOf<Template extends string> =
  Template extends `${string}{${infer Name extends keyof PathBrands}}${infer Rest}`
    ? { readonly [K in Name]: PathBrands[K] } & PathOf<Rest>
    : unknown

/** One request after the edge has parsed it, on a route that asks for no login. */
export interface OpenCall<Body, Path = Readonly<Record<string, string>>> {
  /** As API Gateway decoded them, never decoded again. */
  readonly path: Path
  readonly query: Readonly<Record<string, string>>
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Body
  readonly requestId: string
  readonly now: EpochMs
  readonly log: RequestLog
}

/** One request after the edge has authenticated and parsed it. */
export interface Call<Body, Path = Readonly<Record<string, string>>> extends OpenCall<Body, Path> {
  readonly caller: Caller
}

export interface Answer {
  readonly status: 200 | 201 | 204 | 304
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** The body holds a token: `no-store`, and never logged. */
  readonly confidential?: boolean
}

/** A refusal of a use case; a login can also prove too short-lived for any token. */
export type Handle<Body, Path = Readonly<Record<string, string>>> = (
  call: Call<Body, Path>,
) => Promise<Result<Answer, PolicyRefusal['refusal']>>

export type OpenHandle<Body, Path = Readonly<Record<string, string>>> = (
  call: OpenCall<Body, Path>,
) => Promise<Result<Answer, PolicyRefusal['refusal']>>

/**
 * One route as the stack runs it. Made by `implement` (operation.ts) alone, which is what ties `body` and the path to what
 * `handle` expects: here their types are forgotten, so that routes of different shapes fit one table.
 */
export interface Route {
  readonly bearer: boolean
  readonly body: z.ZodMiniType
  readonly query: z.ZodMiniType<Readonly<Record<string, string>>>
  readonly handle: Handle<never, never>
}

/** Routes by API Gateway's route key: `POST /v1/stages/{stageId}/join`. */
export type Routes = Readonly<Record<string, Route>>
