/** One step further down (RFC 6901 §3). Lone surrogates become U+FFFD, so that a pointer can always be sent. */
export const childPointer = (pointer: string, key: PropertyKey): string =>
  `${pointer}/${String(key).toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1')}`
