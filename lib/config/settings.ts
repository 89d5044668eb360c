/** `process.env`, passed in. */
export type Env = Readonly<Record<string, string | undefined>>

/** Environment names and whether a function can start without. */
export type SettingsSpec = Readonly<Record<string, 'required' | 'optional'>>

/** Required ones are never empty; of optional ones, an empty text counts as absent. */
export type Settings<S extends SettingsSpec> = {
  readonly [Name in keyof S]: S[Name] extends 'required' ? string : string | undefined
}

/** The named settings, and a line for each required one that is missing or empty. */
export function readSettings<const S extends SettingsSpec>(
  env: Env,
  spec: S,
): { readonly settings: Settings<S>; readonly problems: readonly string[] } {
  const names = Object.keys(spec)
  const value = (name: string): string | undefined => (env[name]?.trim() === '' ? undefined : env[name])
  return {
    // Complete only where there are no problems: `start` throws before anyone reads an incomplete one.
    settings: Object.fromEntries(names.map((name) => [name, value(name)])) as Settings<S>,
    problems: names
      .filter((name) => spec[name] === 'required' && value(name) === undefined)
      .map((name) => `${name}: must be set in the environment`),
  }
}
