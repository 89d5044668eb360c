import type { Faults } from '../../aws/faults.ts'
import type { TwinClock } from '../../clock.ts'
import { parseFault, parseSeconds } from '../../control/control.schema.ts'
import type { ControlAnswer, ControlRequest } from '../../control/control.ts'
import { statusOfSide } from '../../control/side-status.ts'
import type { LocalIvs } from '../face.ts'
import { play } from '../side/play.ts'
import { isRecord } from '../token/claims.ts'

export interface IvsControlOptions {
  readonly ivs: LocalIvs
  readonly clock: TwinClock
  readonly faults: Faults
  /** Faults of the mode `lag`: reads that do not see what was created less than `delayMs` ago. */
  readonly lags: Faults
  readonly info: () => Readonly<Record<string, unknown>>
  /** After the clock was moved. */
  readonly onMoved: () => void
}

const bad = (message: string): ControlAnswer => ({ status: 400, body: { message } })

function addFault({ faults, lags }: IvsControlOptions, body: unknown): ControlAnswer {
  const isLag = isRecord(body) && body.mode === 'lag'
  const parsed = parseFault({ target: 'ivs', ...(isRecord(body) ? body : {}), ...(isLag ? { mode: 'delay' } : {}) })
  if (!parsed.ok) return bad(parsed.refusal)
  if (parsed.value.target !== 'ivs') return bad('target: only ivs is served here')
  return { status: 201, body: { id: isLag ? `lag-${lags.add(parsed.value)}` : faults.add(parsed.value) } }
}

function clearFaults({ faults, lags }: IvsControlOptions, id: string | null): ControlAnswer {
  if (id?.startsWith('lag-')) lags.clear(id.slice('lag-'.length))
  else faults.clear(id ?? undefined)
  if (id === null) lags.clear()
  return { status: 204 }
}

const listFaults = ({ faults, lags }: IvsControlOptions): ControlAnswer => ({
  status: 200,
  body: { faults: [...faults.list(), ...lags.list().map((lag) => ({ ...lag, id: `lag-${lag.id}`, mode: 'lag' }))] },
})

function moveClock({ clock, ivs, onMoved }: IvsControlOptions, body: unknown): ControlAnswer {
  const parsed = parseSeconds(body)
  if (!parsed.ok) return bad(parsed.refusal)
  clock.advance(parsed.value)
  ivs.settle()
  onMoved()
  return { status: 200, body: { now: new Date(clock.now()).toISOString() } }
}

function playStep({ ivs }: IvsControlOptions, name: string, body: unknown): ControlAnswer | undefined {
  const result = play(ivs.side, name, body)
  if (!result) return undefined
  return result.ok
    ? { status: 200, body: result.value }
    : { status: statusOfSide(result.refusal), body: result.refusal }
}

/** The routes under `/_local` of the local IVS on its own: the other side, the clock and faults. */
export function createIvsControl(options: IvsControlOptions): (request: ControlRequest) => Promise<ControlAnswer> {
  return async ({ method, path, query, body }) => {
    const step = method === 'POST' ? /^\/stage\/([a-z-]+)$/.exec(path)?.[1] : undefined
    const played = step && playStep(options, step, body)
    if (played) return played
    switch (`${method} ${path}`) {
      case 'GET ':
        return { status: 200, body: options.info() }
      case 'GET /clock':
        return { status: 200, body: { now: new Date(options.clock.now()).toISOString() } }
      case 'POST /clock':
        return moveClock(options, body)
      case 'GET /faults':
        return listFaults(options)
      case 'POST /faults':
        return addFault(options, body)
      case 'DELETE /faults':
        return clearFaults(options, query.get('id'))
      default:
        return { status: 404, body: { message: 'Not Found' } }
    }
  }
}
