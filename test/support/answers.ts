import type { Result } from '../../lib/result.ts'

/** What was granted; fails with the code of a refusal. */
export function granted<T>(answer: Result<T, { readonly code: string }>): T {
  if (!answer.ok) throw new Error(`refused: ${answer.refusal.code}`)
  return answer.value
}

/** The refusal's code, or `granted`. */
export const codeOf = (answer: Result<unknown, { readonly code: string }>): string =>
  answer.ok ? 'granted' : answer.refusal.code

export const refusalOf = <R>(answer: Result<unknown, R>): R | undefined => (answer.ok ? undefined : answer.refusal)
