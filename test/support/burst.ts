import type { UserId } from '../../lib/ids.ts'
import { type Random, randomOf } from '../lib/sweep/lives.ts'
import { T0 } from './participants.ts'

/** Whether they are ours, and of whom: a user has two devices. */
interface Someone {
  readonly id: string
  readonly userId: UserId
  readonly is: 'ours' | 'stranger' | 'replica'
}

/** What one stage of the burst is, and comes to: a plain model, apart from what takes the events in. */
export interface BurstStage {
  readonly name: string
  readonly arn: string
  readonly sessionId: string
  readonly people: readonly Someone[]
  /** `<session> <µs> <participant> <name in the history>`, once each. */
  readonly happened: Set<string>
  /** `<participant> <ms>` of what was sent twice. */
  readonly sentTwice: Set<string>
  /** Who publishes in the end. */
  readonly publishing: Set<string>
  now: number
}

const PEOPLE = 12
const FIRST = T0 + 60_000

const aStageOf = (index: number): BurstStage => ({
  name: `burst-${index}`,
  arn: `arn:aws:ivs:eu-west-1:111122223333:stage/burst${index}`,
  sessionId: `st-${index}`,
  people: Array.from({ length: PEOPLE }, (_, n) => ({
    id: `p${index}x${n}`,
    userId: `user-${n % 6}` as UserId,
    is: n < 9 ? ('ours' as const) : n < 11 ? ('stranger' as const) : ('replica' as const),
  })),
  happened: new Set(),
  sentTwice: new Set(),
  publishing: new Set(),
  now: FIRST,
})

/** Somebody does something on a stage: the body of the message that tells of it. */
function something(stage: BurstStage, one: Someone, count: number, { below, chance }: Random): string {
  stage.now += 1 + below(400)
  const publishes = stage.publishing.has(one.id)
  const other = chance(0.2) ? OTHERS[below(OTHERS.length)] : undefined
  const [type, name, written, more] = other ?? [
    ...['IVS Stage Update', publishes ? 'Participant Unpublished' : 'Participant Published'],
    ...[publishes ? 'unpublished' : 'published', {}],
  ]
  if (other === undefined) stage.publishing[publishes ? 'delete' : 'add'](one.id)
  stage.happened.add(`${stage.sessionId} ${stage.now * 1000} ${one.id} ${written}`)
  const iso = new Date(stage.now).toISOString()
  return JSON.stringify({
    ...{ version: '0', id: `event-${count}`, 'detail-type': type, source: 'aws.ivs', account: '111122223333' },
    ...{ time: iso.replace(/\.\d+/, ''), region: 'eu-west-1', resources: [stage.arn] },
    detail: {
      ...{ event_name: name, event_time: iso.replace(/\.\d+/, ''), event_time_precise: iso.replace('Z', '000Z') },
      ...{ session_id: stage.sessionId, participant_id: one.id, user_id: one.userId, replica: one.is === 'replica' },
      ...(more as object),
    },
  })
}

const TOKEN = { capabilities: ['PUBLISH', 'SUBSCRIBE'], expiration_time: new Date(T0 + 9_000_000).toISOString() }
const OTHERS: readonly [string, string, string, object][] = [
  ['IVS Stage Update', 'Token Exchanged', 'token_exchanged', { previous_token: TOKEN, new_token: TOKEN }],
  ['IVS Stage Update', 'Participant Publish Error', 'publish_error', { error_code: 'BITRATE_EXCEEDED' }],
  ['IVS Participant Recording State Change', 'Recording Start', 'recording: Recording Start', {}],
  ['IVS Stage Update', 'Participant Waved', 'unknown: Participant Waved', {}],
]

/**
 * So many events of so many stages, two in five of them on the first: nearly in order, one in ten anywhere, one in twenty
 * twice. Answers what is in the queue, and what it must come to.
 */
export function aBurst(seed: number, stageCount: number, eventCount: number) {
  const random = randomOf(seed)
  const stages = Array.from({ length: stageCount }, (_, index) => aStageOf(index))
  const messages = Array.from({ length: eventCount }, (_, count) => {
    const stage = stages[random.chance(0.4) ? 0 : random.below(stageCount)] as BurstStage
    const someone = stage.people[random.below(stage.people.length)] as Someone
    const body = something(stage, someone, count, random)
    return { body, stage, key: `${someone.id} ${stage.now}` }
  })
  const copies = messages.filter(() => random.chance(0.05))
  for (const { stage, key } of copies) stage.sentTwice.add(key)
  const place = (index: number, of: number): number =>
    random.chance(0.1) ? random.below(of) : index + random.below(60)
  const bodies = [...messages, ...copies]
    .map(({ body }, index) => ({ body, at: place(index % eventCount, eventCount) }))
    .toSorted((one, other) => one.at - other.at)
    .map(({ body }) => body)
  return { stages, bodies }
}
