import type * as z from 'zod/mini'
import { parseParticipantId, parseSessionId, parseStageId, parseUserId } from '../ids.ts'
import type { FieldError, PlainRefusalCode, Refusal } from '../refusal.ts'
import { ok, type Result, refuse } from '../result.ts'
import { findBadText } from './bad-text.ts'
import { readBody } from './body.ts'
import type { Exchange, Parsed } from './exchange.ts'
import { fieldErrors } from './field-errors.ts'
import type { EdgeRefusal } from './problem.ts'
import type { PathBrands, Route } from './route.ts'

/** An id that cannot be one of ours names nothing: the answer is the same as for one that is not there. */
const PATH_PARAMETERS: {
  readonly [K in keyof PathBrands]: readonly [(value: unknown) => Result<string, unknown>, PlainRefusalCode]
} = {
  stageId: [parseStageId, 'stage_not_found'],
  participantId: [parseParticipantId, 'participant_not_found'],
  userId: [parseUserId, 'user_not_found'],
  sessionId: [parseSessionId, 'stage_not_found'],
}

/** Path, query and body by the route's schemas, in that order; every wrong field of query and body is reported at once. */
export function parseRequest(event: Exchange['event'], route: Route): Result<Parsed, Refusal | EdgeRefusal> {
  const path = parsePath(event.pathParameters ?? {})
  if (!path.ok) return path
  const json = readBody({
    ...(event.body === undefined ? {} : { body: event.body }),
    isBase64Encoded: event.isBase64Encoded,
    contentType: event.headers['content-type'],
  })
  if (!json.ok) return json
  const query = check(route.query, event.queryStringParameters ?? {}, '#query')
  const body = check(route.body, json.value, '')
  if (query.ok && body.ok) return ok({ path: path.value, query: query.value, body: body.value })
  return refuse({ code: 'invalid_request', errors: [...errorsIn(query), ...errorsIn(body)] })
}

function parsePath(parameters: Readonly<Record<string, string | undefined>>): Result<Parsed['path'], Refusal> {
  const path: Record<string, string> = {}
  for (const [name, value] of Object.entries(parameters)) {
    if (!isPathParameter(name)) continue
    const [parse, code] = PATH_PARAMETERS[name]
    const parsed = parse(value)
    if (!parsed.ok) return refuse({ code })
    path[name] = parsed.value
  }
  return ok(path)
}

const isPathParameter = (name: string): name is keyof PathBrands => Object.hasOwn(PATH_PARAMETERS, name)

function check<T>(schema: z.ZodMiniType<T>, value: unknown, root: string): Result<T, readonly FieldError[]> {
  const badText = findBadText(value, root)
  if (badText.some((error) => error.code === 'too_deep')) return refuse(badText)
  const parsed = schema.safeParse(value)
  const wrong = parsed.success ? [] : fieldErrors(parsed.error.issues, value, root)
  const pointed = new Set(badText.map((error) => error.pointer))
  const errors = [...badText, ...wrong.filter((error) => !pointed.has(error.pointer))]
  return parsed.success && errors.length === 0 ? ok(parsed.data) : refuse(errors)
}

const errorsIn = (result: Result<unknown, readonly FieldError[]>): readonly FieldError[] =>
  result.ok ? [] : result.refusal
