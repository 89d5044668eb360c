import { setTimeout as wait } from 'node:timers/promises'
import type { LedgerEntry } from '../../local/aws/ledger.ts'
import { startLocalStack } from '../local-stack.ts'
import { sum } from '../statistics.ts'

/** What the table was asked for, on average. */
export interface Units {
  readonly writeUnits: number
  readonly readUnits: number
  /** One after the other; of a sweep also those of IVS. */
  readonly calls: number
}

/** What a request of one kind uses beside the time of its function. */
export interface Used extends Units {
  readonly logBytes: number
  /** Body and headers, as the gateway sends them. */
  readonly outBytes: number
}

export interface UsedLocally {
  readonly refresh: Used
  readonly roster: Used
  /** The same roster, asked for with its ETag. */
  readonly unchanged: Used
  /** One minute's sweep where no stage is live. */
  readonly idleSweep: Units
}

const STAGE = 'cost'
const PUBLISHERS = 4
const IDLE_MINUTES = 5
type Headers = Readonly<Record<string, string>>

/** The local stack, seen through its API and its ledger. */
async function openStack() {
  const logged: Record<string, number> = {}
  const twin = await startLocalStack({
    quotas: false,
    env: {},
    log: (source, line) => {
      logged[source] = (logged[source] ?? 0) + Buffer.byteLength(line) + 1
    },
  })
  const call = async (method: string, path: string, body?: object, headers: Headers = {}) => {
    const response = await fetch(`${twin.info.api}${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (response.status >= 400) throw new Error(`${method} ${path} answered ${response.status} ${text}`)
    return { text, etag: response.headers.get('etag') ?? '', bytes: text.length + [...response.headers].join().length }
  }
  const ledger = async (since: number): Promise<{ entries: readonly LedgerEntry[]; last: number }> =>
    JSON.parse((await call('GET', `/_local/ledger?since=${since}`)).text)
  return {
    call,
    ledger,
    stop: twin.stop,
    loggedBy: (functionName: string): number => logged[functionName] ?? 0,
    async login(sub: string, claims: object = {}): Promise<Headers> {
      return {
        authorization: `Bearer ${JSON.parse((await call('POST', '/_local/login', { sub, ...claims })).text).token}`,
      }
    },
    async callsBy(functionName: string, since: number): Promise<readonly LedgerEntry[]> {
      return (await ledger(since)).entries.filter((entry) => entry.function === functionName)
    },
  }
}
type Stack = Awaited<ReturnType<typeof openStack>>

function unitsOf(made: readonly LedgerEntry[], count: number): Units {
  const capacity = made.flatMap(({ consumedCapacity = [] }) => consumedCapacity)
  return {
    writeUnits: sum(capacity.map(({ writeUnits }) => writeUnits)) / count,
    readUnits: sum(capacity.map(({ readUnits }) => readUnits)) / count,
    calls: made.length / count,
  }
}

async function metered(stack: Stack, name: string, count: number, send: (index: number) => ReturnType<Stack['call']>) {
  // The first one finds everything cold.
  await send(0)
  const { last } = await stack.ledger(0)
  const loggedBefore = stack.loggedBy(name)
  let outBytes = 0
  for (let index = 1; index <= count; index++) outBytes += (await send(index)).bytes
  return {
    ...unitsOf(await stack.callsBy(name, last), count),
    logBytes: (stack.loggedBy(name) - loggedBefore) / count,
    outBytes: outBytes / count,
  }
}

async function idleSweep(stack: Stack): Promise<Units> {
  const { last } = await stack.ledger(0)
  const swept = (): Promise<readonly LedgerEntry[]> => stack.callsBy('reconcile', last)
  for (let minute = 0; minute < IDLE_MINUTES; minute++) {
    await stack.call('POST', '/_local/clock', { advance: 60 })
    for (let before = -1, now = 0; before !== now; ) {
      before = now
      await wait(500)
      now = (await swept()).length
    }
  }
  return unitsOf(await swept(), IDLE_MINUTES)
}

/** A stage with publishers on it, and so many users who have joined it. */
async function populate(stack: Stack, users: number) {
  await stack.call(
    'POST',
    '/v1/stages',
    { stageId: STAGE, access: 'open' },
    await stack.login('admin', { roles: ['admin'] }),
  )
  const join = async (headers: Headers): Promise<{ token: string; participantId: string }> =>
    JSON.parse((await stack.call('POST', `/v1/stages/${STAGE}/join`, {}, headers)).text)
  for (let index = 0; index < PUBLISHERS; index++) {
    const { token, participantId } = await join(await stack.login(`host-${index}`, { stages: { [STAGE]: 'host' } }))
    await stack.call('POST', '/_local/stage/join', { token })
    await stack.call('POST', '/_local/stage/publish', { participantId })
  }
  const joined: { readonly headers: Headers; readonly participantId: string }[] = []
  for (let index = 0; index < users; index++) {
    const headers = await stack.login(`user-${index}`)
    joined.push({ headers, participantId: (await join(headers)).participantId })
  }
  return (index: number) => joined[index] ?? { headers: {}, participantId: '' }
}

/** The kinds of requests that are made most, each by so many users, and a minute without any: what the local stack's ledger says of them. */
export async function usedLocally(count: number): Promise<UsedLocally> {
  const stack = await openStack()
  try {
    const idle = await idleSweep(stack)
    const user = await populate(stack, count + 1)
    await stack.call('POST', '/_local/clock', { advance: 120 })
    const refresh = await metered(stack, 'refresh', count, (index) => {
      const { headers, participantId } = user(index)
      return stack.call('POST', `/v1/stages/${STAGE}/participants/${participantId}/token`, {}, headers)
    })
    const roster = (index: number, more: Headers = {}) =>
      stack.call('GET', `/v1/stages/${STAGE}/participants`, undefined, { ...user(index).headers, ...more })
    const { etag } = await roster(0)
    return {
      idleSweep: idle,
      refresh,
      roster: await metered(stack, 'roster', count, (index) => roster(index)),
      unchanged: await metered(stack, 'roster', count, (index) => roster(index, { 'if-none-match': etag })),
    }
  } finally {
    await stack.stop()
  }
}
