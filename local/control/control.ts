import type { Faults } from '../aws/faults.ts'
import type { Ledger } from '../aws/ledger.ts'
import type { StatementUse } from '../aws/statement-use.ts'
import type { TwinClock } from '../clock.ts'
import type { EventNote } from '../events/event-bridge.ts'
import type { LocalIssuer } from '../identity/issuer.ts'
import type { Side, SideResult } from '../ivs/side/side.ts'
import type { Notes, Numbered } from '../notes.ts'
import { parseFault, parseLogin, parseSeconds } from './control.schema.ts'
import { type SideStep, statusOfSide, stepAt } from './side-status.ts'

/** What `GET /_local` says. */
export interface LocalInfo {
  readonly api: string
  readonly ivs: string
  readonly dynamodb: string
  readonly secrets: string
  readonly sqs: string
  readonly eventbridge: string
  readonly issuer: string
  readonly jwksUri: string
  readonly audience: string
  readonly table: string | null
  readonly publicKeyArn: string | null
  readonly demoStage: string | null
  readonly region: string
  readonly pid: number
}

export interface ControlOptions {
  readonly info: () => LocalInfo
  readonly issuer: LocalIssuer
  readonly side: Side
  readonly faults: Faults
  readonly ledger: Ledger
  readonly events: Notes<EventNote>
  readonly clock: TwinClock
  readonly uses: () => readonly StatementUse[]
  /** After the clock or a participant moved. */
  readonly onChange: () => void
}

export interface ControlRequest {
  readonly method: string
  /** Below `/_local`: `''`, `/login`, `/stage/join` … */
  readonly path: string
  readonly query: URLSearchParams
  readonly body: unknown
}

export interface ControlAnswer {
  readonly status: number
  readonly body?: unknown
}

type Control = (request: ControlRequest) => Promise<ControlAnswer>

const bad = (message: string): ControlAnswer => ({ status: 400, body: { message } })
const fields = (body: unknown): Readonly<Record<string, unknown>> =>
  typeof body === 'object' && body !== null ? (body as Readonly<Record<string, unknown>>) : {}

function stepOf(side: Side, step: SideStep, body: unknown): SideResult<unknown> {
  const given = fields(body)
  const participantId = String(given.participantId ?? '')
  const of = { participantId, ...(typeof given.stageArn === 'string' ? { stageArn: given.stageArn } : {}) }
  switch (step) {
    case 'join':
      return side.join({ token: given.token })
    case 'publish':
      return side.publish(of)
    case 'unpublish':
      return side.unpublish(of)
    case 'leave':
      return side.leave({ ...of, crash: given.crash === true })
    case 'exchange':
      return side.exchange({ ...of, token: given.token })
  }
}

function notedIn<T>(notes: Notes<T>, query: URLSearchParams, wanted: (note: Numbered<T>) => boolean): ControlAnswer {
  const since = query.get('since')
  const at = since === null || /^\d{1,10}$/.test(since) ? undefined : Date.parse(since)
  if (at !== undefined && Number.isNaN(at)) return bad('since: an ISO 8601 instant, or the number of an entry')
  const entries = notes.since(at === undefined ? { seq: Number(since ?? 0) } : { at }).filter(wanted)
  return { status: 200, body: { entries, last: notes.last() } }
}

/** The routes under `/_local`: plays the world around the product, and looks behind it. */
export function createControl(options: ControlOptions): Control {
  const { issuer, side, faults, ledger, clock, onChange } = options

  const playStep = (step: SideStep, body: unknown): ControlAnswer => {
    const result = stepOf(side, step, body)
    onChange()
    return result.ok
      ? { status: 200, body: result.value }
      : { status: statusOfSide(result.refusal), body: result.refusal }
  }
  const addFault = (body: unknown): ControlAnswer => {
    const parsed = parseFault(body)
    return parsed.ok ? { status: 201, body: { id: faults.add(parsed.value) } } : bad(parsed.refusal)
  }
  const login = async (body: unknown): Promise<ControlAnswer> => {
    const parsed = parseLogin(body)
    return parsed.ok ? { status: 200, body: { token: await issuer.login(parsed.value) } } : bad(parsed.refusal)
  }
  const moveClock = (body: unknown): ControlAnswer => {
    const parsed = parseSeconds(body)
    if (!parsed.ok) return bad(parsed.refusal)
    clock.advance(parsed.value)
    onChange()
    return { status: 200, body: { now: new Date(clock.now()).toISOString() } }
  }

  return async ({ method, path, query, body }) => {
    const step = stepAt(path)
    if (method === 'POST' && step) return playStep(step, body)
    switch (`${method} ${path}`) {
      case 'GET ':
        return { status: 200, body: options.info() }
      case 'GET /jwks.json':
        return { status: 200, body: issuer.jwks }
      case 'POST /login':
        return login(body)
      case 'GET /faults':
        return { status: 200, body: { faults: faults.list() } }
      case 'POST /faults':
        return addFault(body)
      case 'DELETE /faults':
        faults.clear(query.get('id') ?? undefined)
        return { status: 204 }
      case 'GET /clock':
        return { status: 200, body: { now: new Date(clock.now()).toISOString() } }
      case 'POST /clock':
        return moveClock(body)
      case 'GET /ledger':
        return notedIn(ledger, query, () => true)
      case 'GET /events':
        return notedIn(options.events, query, ({ bus }) => bus === (query.get('bus') ?? bus))
      case 'GET /statements':
        return { status: 200, body: { statements: options.uses() } }
      default:
        return { status: 404, body: { message: 'Not Found' } }
    }
  }
}
