const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz'
/** 82 bits: nobody guesses it and no two are ever the same. */
const LENGTH = 16

/** Lower-case letters and digits, as a `stageId` and every key may hold them. `below` is a CSPRNG's. */
export const newName = (below: (limit: number) => number): string =>
  Array.from({ length: LENGTH }, () => ALPHABET.charAt(below(ALPHABET.length))).join('')
