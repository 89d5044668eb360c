import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Demotion, Ending, Look, Watching } from '../../../lib/ending/ending.ts'
import { type Message, parseMessage, writeMessage } from '../../../lib/ending/message.ts'
import { PRIORITIES } from '../../../lib/ivs/quota.ts'
import { aDemotion, aLook, anEnding } from '../../support/endings.ts'

const text = fc.string({ minLength: 1 })
const count = fc.nat()
const reason = fc.constantFrom('kicked', 'banned', 'replaced', 'left', 'lapsed', 'demoted')
const priority = fc.constantFrom(...PRIORITIES)
/** Plain objects, as JSON reads them; ids are any text here. */
const of = <T>(shape: Readonly<Record<keyof T & string, fc.Arbitrary<unknown>>>): fc.Arbitrary<T> =>
  fc.record<Record<string, unknown>>(shape, { noNullPrototype: true }) as fc.Arbitrary<unknown> as fc.Arbitrary<T>

const place = { stageId: text, stageUid: text, generation: count, stageArn: text }
const participant = { participantId: text, expiresAt: count }
const ending = fc.oneof(
  of<Ending>({
    ...place,
    ...participant,
    userId: text,
    reason,
    priority,
    freesSeat: fc.boolean(),
    again: fc.constant(true),
  }),
  of<Omit<Ending, 'userId' | 'again'>>({ ...place, ...participant, reason, priority, freesSeat: fc.boolean() }),
)
const watching = of<Watching>({ ...place, userId: text, reason, ids: fc.array(of(participant)) })
const look = fc.oneof(
  of<Look>({ ...place, userId: text, turn: text, after: text }),
  of<Omit<Look, 'after'>>({ ...place, userId: text, turn: text }),
)
const demotion = of<Demotion>({
  ...{ ...place, ...participant, userId: text, freesSeat: fc.boolean(), deadlineSeconds: count },
  capabilities: fc.subarray(['PUBLISH', 'SUBSCRIBE']),
})
const message: fc.Arbitrary<Message> = fc.oneof(
  ending.map((one): Message => ({ kind: 'ending', ending: one as Ending })),
  watching.map((one): Message => ({ kind: 'watch', watching: one })),
  look.map((one): Message => ({ kind: 'look', look: one })),
  demotion.map((one): Message => ({ kind: 'demotion', demotion: one })),
)

describe('a message in our queues', () => {
  it('reads as it was written', () => {
    fc.assert(
      fc.property(message, (one) => {
        expect(parseMessage(writeMessage(one))).toEqual(one)
      }),
    )
  })

  it.each<[string, unknown]>([
    ['another kind', { kind: 'invitation' }],
    ['no kind', { ending: anEnding() }],
    ['an ending without its stage', { kind: 'ending', ending: { ...anEnding(), stageArn: undefined } }],
    ['an ending for no known reason', { kind: 'ending', ending: { ...anEnding(), reason: 'bored' } }],
    ['an ending of no known priority', { kind: 'ending', ending: { ...anEnding(), priority: 'whim' } }],
    [
      'a watch with more than ids',
      { kind: 'watch', watching: { ...place, userId: 'u', reason: 'kicked', ids: [{ ...aLook() }] } },
    ],
    ['a look with more than we put in', { kind: 'look', look: { ...aLook(), token: 'secret' } }],
    ['a demotion to what nobody may', { kind: 'demotion', demotion: aDemotion({ capabilities: ['FLY' as never] }) }],
  ])('is none of ours: %s', (_, value) => {
    expect(() => parseMessage(JSON.stringify(value))).toThrow()
  })

  it.each(['', 'null', '[]', '"ending"', '{'])('is none of ours: %s', (body) => {
    expect(() => parseMessage(body)).toThrow()
  })
})
