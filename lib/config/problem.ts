import type * as z from 'zod/mini'

/** Where in the configuration: keys and list positions from the top. */
export type Path = readonly PropertyKey[]

/** One thing that is wrong. `message` never holds a value of the configuration, which may be secret by mistake. */
export interface Problem {
  readonly path: Path
  readonly message: string
}

const PLAIN_NAME = /^[A-Za-z_][\w-]{0,63}$/

/** `issuers[0].roleMap["Group A"]`; the top is called by `root`. */
export function pathText(path: Path, root = 'configuration'): string {
  const text = path.map(segment).join('').replace(/^\./, '')
  return text === '' ? root : text
}

const segment = (key: PropertyKey): string => {
  if (typeof key === 'number') return `[${key}]`
  const name = String(key)
  return PLAIN_NAME.test(name) ? `.${name}` : `[${JSON.stringify(name.slice(0, 64))}]`
}

/** A schema's complaint in our own words: an unknown name is said by name if it looks like one. */
export function problemsOf(issue: z.core.$ZodIssue): readonly Problem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) =>
      PLAIN_NAME.test(key)
        ? { path: [...issue.path, key], message: 'is not a known setting' }
        : { path: issue.path, message: 'has a name that is not a known setting' },
    )
  }
  return [{ path: issue.path, message: issue.message }]
}
