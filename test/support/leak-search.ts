/** Something said or stored, and where. */
export interface Said {
  readonly where: string
  readonly text: string
}

/** Long enough for 6 bytes in base64; what is shorter hides no marker. */
const ENCODED = /[A-Za-z0-9+/_-]{8,}={0,2}/g

/** The text, and what any part of it says in base64, base64url or hex, once and twice encoded. */
function unfolded(text: string, depth = 2): string {
  if (depth === 0) return text
  const runs = text.match(ENCODED) ?? []
  const decoded = runs.flatMap((run) => [
    Buffer.from(run, 'base64').toString('latin1'),
    ...(/^[0-9a-f]+$/i.test(run) ? [Buffer.from(run, 'hex').toString('latin1')] : []),
  ])
  return [text, unfolded(decoded.join('\n'), depth - 1)].join('\n')
}

/** Where any of the secrets is said, as `where: secret's name`. */
export function leaksIn(said: readonly Said[], secrets: Readonly<Record<string, string>>): string[] {
  const names = Object.entries(secrets)
  return said.flatMap(({ where, text }) => {
    const all = unfolded(text)
    return names.filter(([, secret]) => all.includes(secret)).map(([name]) => `${where}: ${name}`)
  })
}
