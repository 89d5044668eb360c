const GIVE_UP_MS = 30_000

/** Waits until `look` answers something other than `undefined` or `false`; fails when it never does. */
export async function until<T>(
  look: () => T | Promise<T>,
  giveUpMs = GIVE_UP_MS,
): Promise<Exclude<T, undefined | false>> {
  const giveUpAt = performance.now() + giveUpMs
  for (;;) {
    const seen = await look()
    if (seen !== undefined && seen !== false) return seen as Exclude<T, undefined | false>
    if (performance.now() > giveUpAt) throw new Error('what was waited for did not come')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
