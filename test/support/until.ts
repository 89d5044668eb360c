const GIVE_UP_MS = 30_000
/** A busy machine needs as long for what one step of the clock sets off. */
const STEP_MS = 1_500

type Look<T> = () => T | Promise<T>
type Seen<T> = Exclude<T, undefined | false>

async function look<T>(at: Look<T>, forMs: number): Promise<Seen<T> | undefined> {
  const giveUpAt = performance.now() + forMs
  for (;;) {
    const seen = await at()
    if (seen !== undefined && seen !== false) return seen as Seen<T>
    if (performance.now() > giveUpAt) return undefined
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

function seenOr<T>(seen: Seen<T> | undefined): Seen<T> {
  if (seen === undefined) throw new Error('what was waited for did not come')
  return seen
}

/** Waits until `at` answers something other than `undefined` or `false`; fails when it never does. */
export const until = async <T>(at: Look<T>, giveUpMs = GIVE_UP_MS): Promise<Seen<T>> => seenOr(await look(at, giveUpMs))

/**
 * The same, while the clock moves on by so many seconds a step. A step waits for what it set off, so that on a slow machine
 * logins and tokens do not run out meanwhile.
 */
export async function untilLater<T>(
  app: { advance(seconds: number): Promise<unknown> },
  seconds: number,
  at: Look<T>,
  giveUpMs = GIVE_UP_MS,
): Promise<Seen<T>> {
  const giveUpAt = performance.now() + giveUpMs
  let seen: Seen<T> | undefined
  while (seen === undefined && performance.now() < giveUpAt) {
    await app.advance(seconds)
    seen = await look(at, STEP_MS)
  }
  return seenOr(seen)
}
