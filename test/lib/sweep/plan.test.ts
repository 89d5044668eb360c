import { describe, expect, it } from 'vitest'
import type { StageId, StageUid } from '../../../lib/ids.ts'
import { asksOf, dueAt, LIVELY_MS, lagOf, nextOf, QUIET_MS, SOON_MS, type Watched } from '../../../lib/sweep/plan.ts'
import { T0 } from '../../support/participants.ts'
import { arnOf } from '../../support/stages.ts'

const SECOND = 1_000

/** A stage that was last swept so many seconds ago. */
const stage = (name: string, sweptSecondsAgo: number | undefined, changes: Partial<Watched> = {}): Watched => ({
  live: {
    ...{
      stageId: name as StageId,
      stageUid: name as StageUid,
      generation: 1,
      sessionId: 'st-1',
      stageArn: arnOf(name),
    },
    since: T0 - 600 * SECOND,
    ...(sweptSecondsAgo !== undefined && { sweptAt: T0 - sweptSecondsAgo * SECOND }),
  },
  ...changes,
})
const lively = (name: string, sweptSecondsAgo: number, changes: Partial<Watched> = {}): Watched => {
  const { live } = stage(name, sweptSecondsAgo)
  return { live: { ...live, lively: true }, ...changes }
}
const failed = { failures: 1, failedAt: T0 - SECOND }
const wanted = { wantedSince: T0 - SECOND }
const chosen = (all: readonly Watched[], count = 0) => nextOf(all, T0, count)?.live.stageId

describe('the next stage', () => {
  it.each<[string, readonly Watched[], string | undefined]>([
    ['is none where every turn is to come', [stage('a', 10), stage('b', 40)], undefined],
    ['is none while it is being swept', [stage('a', undefined, { underway: true })], undefined],
    ['is one that was never swept', [stage('a', 50), stage('b', undefined)], 'b'],
    ['is the one whose turn is longest over', [stage('a', 46), stage('b', 58)], 'b'],
    ['is one that IVS lists no more, before all others', [stage('a', 58), stage('b', 1, { gone: true })], 'b'],
    ['is one that is wanted before its turn', [stage('a', 10), stage('b', 10, wanted)], 'b'],
    ['is not one that is wanted again at once', [stage('a', 4, wanted)], undefined],
    ['is one on which something happens, before its turn', [stage('a', 30), lively('b', 20)], 'b'],
    ['is not one on which something happens, at once', [stage('a', 30), lively('b', 19)], undefined],
    ['is none of these while it is somebody’s turn', [stage('a', 46), lively('b', 44)], 'a'],
    ['is none of these while one is wanted', [stage('a', 10, wanted), lively('b', 44)], 'a'],
    ['is not one on which something happens and that has just failed', [lively('a', 44, failed)], undefined],
    ['is not one that has just failed', [stage('a', 58, failed)], undefined],
    ['is one that failed a while ago', [stage('a', 58, { failures: 1, failedAt: T0 - 5 * SECOND })], 'a'],
    ['is not one that keeps failing', [stage('a', 99, { failures: 9, failedAt: T0 - 29 * SECOND })], undefined],
  ])('%s', (_, all, expected) => {
    expect(chosen(all)).toBe(expected)
  })

  it('is wanted every eighth time, and someone whose turn it is the other seven', () => {
    const all = [stage('turn', 58), stage('wanted', 20, wanted)]
    const sixteen = Array.from({ length: 16 }, (_, count) => chosen(all, count))
    expect(sixteen.flatMap((name, count) => (name === 'wanted' ? [count] : []))).toEqual([7, 15])
    expect(new Set(sixteen)).toEqual(new Set(['turn', 'wanted']))
  })
})

describe('when a stage is due', () => {
  it.each<[string, Watched, number]>([
    ['a new one: at once', stage('a', undefined), T0 - 600 * SECOND],
    ['a quiet one: in its turn', stage('a', 10), T0 - 10 * SECOND + QUIET_MS],
    ['a wanted one: soon', stage('a', 1, wanted), T0 - SECOND + SOON_MS],
    ['one that failed: later, and later each time', stage('a', 60, { failures: 3, failedAt: T0 }), T0 + 20 * SECOND],
    ['but never much later', stage('a', 60, { failures: 30, failedAt: T0 }), T0 + 30 * SECOND],
  ])('%s', (_, watched, due) => {
    expect(dueAt(watched)).toBe(due)
  })
})

it('asks about fewer where it comes sooner, so that all together ask about no more', () => {
  const inAnHour = (paceMs: number) => asksOf(1, 4, 0, paceMs) * (3_600_000 / paceMs)
  expect(inAnHour(LIVELY_MS)).toBe(inAnHour(QUIET_MS))
})

it('is behind by as much as the stage that waited for longest', () => {
  expect(lagOf([stage('a', 3), stage('b', 42)], T0)).toBe(42 * SECOND)
  expect(lagOf([], T0)).toBe(0)
})

it.each([
  [1, 10, 1350],
  [12, 12, 135],
  [200, 200, 135],
  [1000, 1000, 135],
])('with %d stages, %d sweeps together ask about %d publishers of their own accord', (stages, sweeps, asks) => {
  const counts = Array.from({ length: sweeps }, (_, count) => asksOf(stages, 4, count))
  expect(counts.reduce((sum, one) => sum + one, 0)).toBe(asks)
})
