/** The answer of something that may be refused for a listed reason. Faults (a service that is down) are thrown instead. */
export type Result<T, R> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: R }

export const ok = <T>(value: T): Result<T, never> => ({ ok: true, value })
export const refuse = <R>(refusal: R): Result<never, R> => ({ ok: false, refusal })
