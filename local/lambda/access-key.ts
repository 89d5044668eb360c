/** Each local function signs with a key of its own, so that its AWS calls can be told apart and judged by its role. */
export const accessKeyIdOf = (functionName: string): string =>
  `AKIALOCAL${functionName.toUpperCase().replaceAll(/[^A-Z0-9]/g, '')}`

/** Allowed everything, spared from faults, not counted as a function: the twin itself, and tests that look behind it. */
export const ADMIN_ACCESS_KEY_ID = 'AKIALOCALADMIN'
