import fc from 'fast-check'
import { LONGEST_WAIT_SECONDS } from '../../lib/ending/watch.ts'
import type { ModerationCall } from '../../lib/moderation/moderating.ts'
import type { Assumptions } from '../../local/ivs/assumptions.ts'
import { anAdmin } from './callers.ts'
import { MINUTES, type StageLoop, type Weather } from './stage-loop.ts'
import { aLog } from './use-case.ts'

/** Connected ids are off within this, in milliseconds, while the quota is free. */
export const AT_ONCE_MS = 1_000
/** An id that was never there before is off within this of its appearing: the longest pause between two looks, and then the same. */
export const APPEARING_MS = LONGEST_WAIT_SECONDS * 1000 + AT_ONCE_MS
/** No token that was made before is alive after this, and no look for it is left. */
export const AFTERMATH_MS = MINUTES * 60_000 + 2 * APPEARING_MS

const part = fc.double({ min: 0, max: 1, noNaN: true })
/** An event is lost, or comes once or twice, at once or late. Now and then a message comes twice. */
export const weather: fc.Arbitrary<Omit<Weather, 'assume'>> = fc.record({
  events: fc.array(fc.array(fc.constantFrom(0, 50, 2_500, 40_000), { maxLength: 2 }), { minLength: 1, maxLength: 6 }),
  messages: fc
    .tuple(fc.array(part, { minLength: 5, maxLength: 7 }), fc.array(part, { maxLength: 1 }))
    .map(([once, twice]) => [...once.map((one) => [one]), [0, ...twice]]),
})
/** Both readings of each thing about IVS that decides whether a token once put out works again. */
export const readings: [string, Partial<Assumptions>][] = [true, false].flatMap((revokes) =>
  [true, false].flatMap((refused) =>
    [true, false].map((kills): [string, Partial<Assumptions>] => [
      [
        revokes ? 'a disconnect revokes who never joined' : 'a disconnect revokes nobody who never joined',
        refused ? 'who was disconnected is refused' : 'who was disconnected may come back',
        kills ? 'an exchange ends the old token' : 'an exchanged token still works',
      ].join(', '),
      { disconnectRevokesNeverJoined: revokes, disconnectedIdRefused: refused, exchangeKillsOldToken: kills },
    ]),
  ),
)

/** An admin's request, now. */
export const ordered = (loop: StageLoop): ModerationCall => ({
  ...{ stageId: loop.stage.stageId, caller: anAdmin(), requestId: 'r', now: loop.clock.now(), log: aLog() },
})
