import { setTimeout as wait } from 'node:timers/promises'
import type { LedgerEntry } from '../local/aws/ledger.ts'
import { startLocalStack } from './local-stack.ts'
import { isShort, keep, say, table } from './report.ts'
import { round, sum } from './statistics.ts'

/**
 * Events of IVS through the local stack's bus and queue into the table, and what reconciliation asks IVS while stages are
 * live. The stack, its bus and its database share this machine. `npm run bench:events`
 */
const short = isShort()
const PUBLISHERS = 4
const TOGGLES = short ? 5 : 250
const LIVE_STAGES = short ? [1] : [1, 5, 20]
const WATCH_SECONDS = short ? 2 : 20

const twin = await startLocalStack({ quotas: true, env: { LOG_LEVEL: 'ERROR' } })
const { api } = twin.info

async function post<T>(path: string, body: object, login?: string): Promise<T> {
  const headers = { 'content-type': 'application/json', ...(login && { authorization: `Bearer ${login}` }) }
  const response = await fetch(`${api}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  const answer = await response.text()
  if (!response.ok) throw new Error(`${path} answered ${response.status} ${answer}`)
  return JSON.parse(answer)
}
async function ledger(since: number): Promise<{ entries: readonly LedgerEntry[]; last: number }> {
  return (await fetch(`${api}/_local/ledger?since=${since}`)).json() as Promise<{
    entries: readonly LedgerEntry[]
    last: number
  }>
}
const loginOf = async (sub: string, claims: object): Promise<string> =>
  (await post<{ token: string }>('/_local/login', { sub, ...claims })).token

/** A stage with publishers on it. Answers their participant ids. */
async function liveStage(stageId: string): Promise<readonly string[]> {
  await post('/v1/stages', { stageId, access: 'open' }, await loginOf('admin', { roles: ['admin'] }))
  const ids: string[] = []
  for (let index = 0; index < PUBLISHERS; index++) {
    const login = await loginOf(`${stageId}-${index}`, { stages: { [stageId]: 'host' } })
    const { token, participantId } = await post<{ token: string; participantId: string }>(
      `/v1/stages/${stageId}/join`,
      {},
      login,
    )
    await post('/_local/stage/join', { token })
    await post('/_local/stage/publish', { participantId })
    ids.push(participantId)
  }
  return ids
}

/** Waits until a function has made no call for a second; answers the calls it made since. */
async function quiet(name: string, since: number): Promise<readonly LedgerEntry[]> {
  for (let before = -1; ; ) {
    const calls = (await ledger(since)).entries.filter((call) => call.function === name)
    if (calls.length === before) return calls
    before = calls.length
    await wait(1000)
  }
}

const publishers = await liveStage('events')
await quiet('events', 0)
const { last } = await ledger(0)
const began = Date.now()
for (let toggle = 0; toggle < TOGGLES; toggle++)
  for (const participantId of publishers)
    await post(`/_local/stage/${toggle % 2 === 0 ? 'unpublish' : 'publish'}`, { participantId })
const calls = await quiet('events', last)
const count = TOGGLES * publishers.length
const lastCall = Math.max(...calls.map(({ at }) => Number(new Date(at))))
const units = sum(calls.flatMap(({ consumedCapacity = [] }) => consumedCapacity.map(({ writeUnits }) => writeUnits)))
const applied = {
  events: count,
  'applied a second': round(count / ((lastCall - began) / 1000), 0),
  'calls an event': round(calls.filter(({ service }) => service === 'dynamodb').length / count, 2),
  'write units an event': round(units / count, 2),
}
say('Events of one stage, applied')
table([applied])

const reconciled = []
let stages = 1
for (const live of LIVE_STAGES) {
  for (; stages < live; stages++) await liveStage(`live-${stages}`)
  await post('/_local/clock', { advance: 60 })
  const { last: from } = await ledger(0)
  await wait(WATCH_SECONDS * 1000)
  const made = (await ledger(from)).entries.filter((call) => call.function === 'reconcile')
  const perSecond = (service: string): number =>
    round(made.filter((call) => call.service === service).length / WATCH_SECONDS, 2)
  reconciled.push({
    'live stages': live,
    'IVS calls a second': perSecond('ivs'),
    'table calls a second': perSecond('dynamodb'),
    'IVS calls a stage and minute': round(
      (made.filter(({ service }) => service === 'ivs').length / WATCH_SECONDS / live) * 60,
      1,
    ),
    throttled: made.filter(({ status }) => status === 429).length,
  })
}
say('\nReconciliation')
table(reconciled)
await keep('events', { applied, reconciled, watchSeconds: WATCH_SECONDS })
await twin.stop()
