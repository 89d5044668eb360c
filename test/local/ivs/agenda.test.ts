import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createAgenda } from '../../../local/ivs/world/agenda.ts'
import type { TimerRecord } from '../../../local/ivs/world/records.ts'

/** Sets a timer (a second time: moves it), calls it off, or takes what is due first. */
const steps = fc.array(
  fc.oneof(
    fc.record({ verb: fc.constant('set' as const), subject: fc.nat(5), at: fc.nat(8) }),
    fc.record({ verb: fc.constant('cancel' as const), subject: fc.nat(5), at: fc.constant(0) }),
    fc.record({ verb: fc.constant('take' as const), subject: fc.constant(0), at: fc.constant(0) }),
  ),
  { size: 'max', maxLength: 60 },
)

describe('an agenda', () => {
  it('always knows what a sorted list would have first', () => {
    fc.assert(
      fc.property(steps, (sequence) => {
        const agenda = createAgenda()
        const set = new Map<number, TimerRecord>()
        const change = (subject: number, after: TimerRecord | undefined) => {
          agenda.watch(set.get(subject), after)
          if (after) set.set(subject, after)
          else set.delete(subject)
        }
        const soonest = () => [...set.values()].sort((a, b) => a.at - b.at || a.seq - b.seq)[0]
        for (const [seq, { verb, subject, at }] of sequence.entries()) {
          if (verb === 'set') change(subject, { kind: 'ghost', subject: String(subject), at, seq })
          if (verb === 'cancel') change(subject, undefined)
          const first = agenda.first()
          expect(first).toBe(soonest())
          if (verb === 'take' && first) change(Number(first.subject), undefined)
        }
      }),
    )
  })
})
