import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { REALISTIC } from '../stand-in/services.ts'

export interface Call {
  readonly service: 'dynamodb' | 'ivs' | 'secrets' | 'parameters' | 'keys'
  readonly ms: number
  /** Of DynamoDB: one item of all, or each user's own. */
  readonly key?: 'user' | 'room'
  /** Write units, at least; an item that grows costs more with each kilobyte. */
  readonly writes?: number
  readonly growsBytes?: number
  /** How often it is tried and how long the pauses are, where that is not as the SDK does it. */
  readonly retry?: Retry
}

/** Attempts in all; the first pause, each next so many times as long, and at least so much of it. */
export interface Retry {
  readonly attempts: number
  readonly baseMs: number
  readonly factor: number
  readonly least: number
}

/** Calls that go out at once; what follows waits for all of them. */
export type Step = readonly Call[]

export interface Contestant {
  readonly name: string
  /** From the first byte of code to the first answer, without what it waits for. */
  readonly coldMs: number
  /** Of a warm join, without what it waits for. */
  readonly cpuMs: number
  /** Once for each environment. */
  readonly coldSteps: readonly Step[]
  readonly calls: readonly Call[]
  /** Environments that a trickle of joins before the rush has left warm. */
  readonly warm?: number
  readonly throttle?: { readonly rate: number; readonly burst: number }
}

/** Of lib/login/key-set.https.ts. */
const KEYS: Retry = { attempts: 4, baseMs: 100, factor: 3, least: 0.5 }

const dynamodb = (call: Partial<Call> = {}): Call => ({ service: 'dynamodb', ms: REALISTIC.dynamodb, ...call })
const call = (service: Exclude<Call['service'], 'dynamodb'>): Call => ({ service, ms: REALISTIC[service] })

/** What resources/api.yml lets through to the join. */
function joinThrottle(): { readonly rate: number; readonly burst: number } {
  const file = readFileSync(join(import.meta.dirname, '../../resources/api.yml'), 'utf8')
  const { RouteSettings } = parse(file, { logLevel: 'error' }).extensions.HttpApiStage.Properties
  const { ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst } = RouteSettings['POST /v1/stages/{stageId}/join']
  return { rate, burst }
}

export interface Measured {
  readonly coldMs: number
  readonly cpuMs: number
}

/** Ours, from nothing and after a trickle, and the patterns, each with its own calls and with what was measured of it. */
export function contestantsOf(measured: (name: string) => Measured): readonly Contestant[] {
  const stagedoor: Contestant = {
    name: 'stagedoor',
    ...measured('stagedoor'),
    throttle: joinThrottle(),
    coldSteps: [[{ ...call('keys'), retry: KEYS }, call('secrets')], [dynamodb()]],
    calls: [dynamodb({ key: 'user', writes: 1 })],
  }
  return [stagedoor, { ...stagedoor, name: 'stagedoor, 60 environments warm', warm: 60 }, ...patternsOf(measured)]
}

const patternsOf = (measured: (name: string) => Measured): readonly Contestant[] => [
  { name: 'a: read, CreateParticipantToken', ...measured('a'), coldSteps: [], calls: [dynamodb(), call('ivs')] },
  {
    name: 'b: everything per request',
    ...measured('b'),
    coldSteps: [],
    calls: [
      dynamodb(),
      dynamodb(),
      call('secrets'),
      call('parameters'),
      dynamodb({ key: 'user', writes: 1 }),
      // A participant in a map of the room's one item, and a counter.
      dynamodb({ key: 'room', writes: 1, growsBytes: 120 }),
    ],
  },
  { name: 'c: signed only, nothing stored', ...measured('c'), coldSteps: [], calls: [] },
]
