import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLocalIvs } from '../../../../local/ivs/local-ivs.ts'
import { made } from '../conformance/furnished.ts'
import { exceptionOf } from '../room.ts'
import { ACCOUNT, REGION } from '../stand.ts'
import { Machine } from './machine.ts'
import { Model } from './model.ts'

const OF_PARTICIPANT = ['join', 'join', 'publish', 'publish', 'unpublish', 'leave', 'disconnect'] as const
const kind = fc.constantFrom('key' as const, 'storage' as const)

type Step = (one: Model | Machine) => unknown
/** Numbers are taken modulo how many there are, so that most steps meet something. */
const pick = (number: number, of: number) => (of === 0 ? 0 : number % of)
const countOf = (one: Model | Machine) => (one instanceof Model ? one.homes : one.participants).length

const named = (name: string, step: Step) => Object.assign(step, { toString: () => name })
const ofStage = (verb: 'deleteStage' | 'mint' | 'compose', most: number) =>
  fc.nat(most).map((n) => named(`${verb} ${n}`, (one) => one[verb](pick(n, one.stages.length))))

/** Six newcomers at once, so that a stage fills up within a sequence. */
function crowd(one: Model | Machine, stage: number): unknown {
  return Array.from({ length: 6 }, () => {
    const minted = one.mint(pick(stage, one.stages.length))
    const last = countOf(one) - 1
    return last < 0 ? minted : [minted, one.join(last), one.publish(last)]
  })
}

const steps = fc.oneof(
  { weight: 1, arbitrary: fc.constant(named('createStage', (one) => one.createStage())) },
  { weight: 1, arbitrary: ofStage('deleteStage', 5) },
  { weight: 5, arbitrary: ofStage('mint', 2) },
  { weight: 3, arbitrary: ofStage('compose', 2) },
  { weight: 2, arbitrary: fc.nat(1).map((n) => named(`crowd ${n}`, (one) => crowd(one, n))) },
  {
    weight: 12,
    arbitrary: fc
      .tuple(fc.constantFrom(...OF_PARTICIPANT), fc.nat(30))
      .map(([verb, n]) => named(`${verb} ${n}`, (one) => countOf(one) > 0 && one[verb](pick(n, countOf(one))))),
  },
  { weight: 2, arbitrary: kind.map((what) => named(`create ${what}`, (one) => one.create(what))) },
  {
    weight: 2,
    arbitrary: fc.tuple(kind, fc.nat(4)).map(([what, n]) =>
      named(`remove ${what} ${n}`, (one) => {
        const count = (what === 'key' ? one.keys : one.storages).length
        return count > 0 && one.remove(what, pick(n, count))
      }),
    ),
  },
  {
    weight: 2,
    arbitrary: fc
      .nat(9)
      .map((n) =>
        named(`stop ${n}`, (one) => one.compositions.length > 0 && one.stopComposing(pick(n, one.compositions.length))),
      ),
  },
  {
    weight: 4,
    arbitrary: fc
      .constantFrom(1, 1999, 2000, 59_000, 60_000, 100_000, 180_000, 300_000)
      .map((ms) => named(`advance ${ms}`, (one) => one.advance(ms))),
  },
)

/** Everything the model knows, as the machine answers it through its operations. */
function compare(model: Model, machine: Machine): void {
  const { stand } = machine
  const stages = machine.stages.map((arn) => exceptionOf(stand, 'GetStage', { arn }) === 'none')
  expect(stages).toEqual(model.stages.map(({ exists }) => exists))
  const open = machine.stages.map((arn, index) =>
    stages[index] ? made(stand, 'GetStage', { arn }, 'stage').activeSessionId !== undefined : false,
  )
  expect(open).toEqual(model.stages.map(({ session }) => session !== undefined))
  const states = machine.compositions.map((arn) =>
    exceptionOf(stand, 'GetComposition', { arn }) === 'none'
      ? made(stand, 'GetComposition', { arn }, 'composition').state
      : undefined,
  )
  expect(states).toEqual(model.compositions.map((one) => model.stateOf(one)))
  for (const [index, { id: participantId, stageArn, sessions }] of machine.participants.entries()) {
    const seats = [...(model.seats[index]?.values() ?? [])]
    expect(sessions).toHaveLength(seats.length)
    if (!model.stages[model.homes[index] ?? -1]?.exists) continue
    const found = sessions.map((sessionId) =>
      made(stand, 'GetParticipant', { stageArn, sessionId, participantId }, 'participant'),
    )
    const expected = seats.map(({ connected, published }) => ({
      state: connected ? 'CONNECTED' : 'DISCONNECTED',
      published,
    }))
    expect(found).toMatchObject(expected)
  }
}

describe('any sequence of operations', () => {
  it('leaves the local IVS and a small model of it in agreement', () => {
    fc.assert(
      fc.property(fc.array(steps, { minLength: 20, maxLength: 150, size: 'max' }), (sequence) => {
        const [model, machine] = [new Model(), new Machine()]
        for (const step of sequence) {
          const [expected, answered] = [step(model), step(machine)]
          expect(answered, String(step)).toEqual(expected)
        }
        compare(model, machine)
      }),
      { numRuns: 100 },
    )
  })

  it('pairs every Published with an Unpublished in order, and leaves a state that survives a restart', () => {
    fc.assert(
      fc.property(fc.array(steps, { minLength: 20, maxLength: 100, size: 'max' }), (sequence) => {
        const machine = new Machine()
        for (const step of sequence) step(machine)
        const publishing = new Set<unknown>()
        let last = ''
        for (const { time, detail } of machine.stand.events) {
          expect(time >= last).toBe(true)
          last = time
          const key = `${detail.session_id}/${detail.participant_id}`
          if (detail.event_name === 'Participant Published') expect(publishing.has(key)).toBe(false)
          if (detail.event_name === 'Participant Published') publishing.add(key)
          if (detail.event_name === 'Participant Unpublished') expect(publishing.delete(key)).toBe(true)
        }
        const before = JSON.stringify(machine.stand.ivs.snapshot())
        const after = createLocalIvs({
          clock: () => machine.stand.now,
          region: REGION,
          account: ACCOUNT,
          randomBytes: (count) => new Uint8Array(count),
          emit: () => {},
        })
        after.restore(JSON.parse(before))
        expect(JSON.stringify(after.snapshot())).toBe(before)
      }),
      { numRuns: 30 },
    )
  })
})
