import { randomBytes } from 'node:crypto'
import { createFaults, type Faults } from '../../aws/faults.ts'
import { createTwinClock } from '../../clock.ts'
import type { ControlAnswer, ControlRequest } from '../../control/control.ts'
import { createControlListener } from '../../control/control-listener.ts'
import { forgetful, openDataDirectory } from '../../data-directory.ts'
import { UsageError } from '../../options.ts'
import { createUndo } from '../../undo.ts'
import { listen } from '../../wire.ts'
import { defaultAssumptions } from '../assumptions.ts'
import { openJournal } from '../data/journal.ts'
import type { IvsRequest, LocalIvs } from '../face.ts'
import { createLocalIvs } from '../local-ivs.ts'
import { createListener, type Outcome } from '../wire/listener.ts'
import type { IvsControlOptions } from './control.ts'
import { createEventPost } from './event-post.ts'
import type { ServeOptions } from './options.ts'
import { underFault } from './under-fault.ts'

/** What time brings about is looked at this often, so that its events come soon. */
const SETTLE_EVERY_MS = 250

export interface IvsServer {
  readonly url: string
  stop(): Promise<void>
}

function answerWith(ivs: LocalIvs, faults: Faults, lags: Faults) {
  return (request: IvsRequest): Outcome | Promise<Outcome> => {
    const operation = ivs.describe(request)?.operation ?? 'Unknown'
    const lag = lags.draw('ivs', operation)
    const fault = faults.draw('ivs', operation)
    const perform = () => ivs.call(request, lag ? { readLagMs: lag.delayMs } : {})
    return fault ? underFault(ivs, fault, perform) : perform()
  }
}

/** Loaded with the first request for it: its schemas cost a third of the start. */
function controlOnDemand(options: IvsControlOptions): (request: ControlRequest) => Promise<ControlAnswer> {
  let control: Promise<(request: ControlRequest) => Promise<ControlAnswer>> | undefined
  return async (request) => {
    control ??= import('./control.ts').then(({ createIvsControl }) => createIvsControl(options))
    return (await control)(request)
  }
}

const portRefusal = (error: unknown, port: number): unknown =>
  (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
    ? new UsageError(`port ${port} is in use: give --port another one, or 0 for any that is free`)
    : error

/** Opens the data directory, if any: the clock's offset and the journal. */
function openMemory(options: ServeOptions, warn: (line: string) => void) {
  const broken = (name: string) => warn(`${name}.json could not be read and was put aside`)
  const memory = options.data === undefined ? forgetful : openDataDirectory(options.data, broken)
  const file = memory.path('ivs.journal')
  const journal = file === undefined ? undefined : openJournal(file)
  if (journal && journal.dropped > 0)
    warn(`${journal.dropped} unfinished line(s) of ${file} were dropped; the file as it was is ${file}.broken`)
  const remembered = memory.read('clock') as { readonly offsetMs: number } | undefined
  return { memory, journal, clock: createTwinClock({ real: Date.now, offsetMs: remembered?.offsetMs ?? 0 }) }
}

/** Starts the local IVS alone, on loopback. Rejects with a `UsageError` where a person can put it right. */
export async function startIvsServer(options: ServeOptions, warn: (line: string) => void): Promise<IvsServer> {
  const undo = createUndo()
  const { memory, journal, clock } = openMemory(options, warn)
  undo.add(memory.close)
  undo.add(() => journal?.close())
  undo.add(clock.stop)
  const events =
    options.events === undefined
      ? undefined
      : createEventPost(options.events, (event) => warn(`event ${event.id} could not be delivered`))
  undo.add(() => events?.drained())
  const { region, account, quotas, assume } = options
  const ivs = createLocalIvs({
    clock: clock.now,
    region,
    account,
    randomBytes,
    emit: (event) => events?.emit(event),
    assume,
    quotas,
    onChange: (changes) => journal?.append(changes),
  })
  if (journal) ivs.restore(journal.found)
  const settling = setInterval(ivs.settle, SETTLE_EVERY_MS).unref()
  undo.add(() => clearInterval(settling))

  const faults = createFaults()
  const lags = createFaults()
  const service = createListener({ region, answer: answerWith(ivs, faults, lags), refuse: ivs.refuse })
  const onMoved = () => memory.write('clock', { offsetMs: clock.offsetMs() })
  const info = () => ({ region, account, quotas, assume: { ...defaultAssumptions, ...assume }, pid: process.pid })
  const control = createControlListener(controlOnDemand({ ivs, clock, faults, lags, info, onMoved }), faults)
  try {
    const listening = await listen(
      (request, response) => (/^\/_local(?:[/?]|$)/.test(request.url ?? '') ? control : service)(request, response),
      options.port,
      () => warn('a request failed'),
    )
    undo.add(listening.stop)
    return { url: listening.url, stop: undo.run }
  } catch (error) {
    await undo.run()
    throw portRefusal(error, options.port)
  }
}
