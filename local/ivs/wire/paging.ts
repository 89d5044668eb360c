import { invalid } from '../exception.ts'

export interface PageInput {
  readonly nextToken?: string | undefined
  readonly maxResults?: number | undefined
}
export interface Page<T> {
  readonly items: readonly T[]
  readonly nextToken?: string | undefined
}

/** A token only goes on with the list it came from: the operation and everything that narrowed it. */
const tokenOf = (list: string, seq: number) => Buffer.from(`${seq}:${list}`).toString('base64url')

function startOf(list: string, token: string | undefined): number {
  if (token === undefined || token === '') return -1
  const seq = Number.parseInt(Buffer.from(token, 'base64url').toString(), 10)
  if (!Number.isSafeInteger(seq) || tokenOf(list, seq) !== token) throw invalid('The nextToken is not valid.')
  return seq
}

/**
 * The next page of `items`, which come in the order of their `seq`. What is created while a caller pages is met at the end;
 * what is deleted is skipped. There is no further token when nothing is left.
 */
export function pageOf<T extends { readonly seq: number }>(
  list: string,
  items: Iterable<T>,
  input: PageInput,
  defaultSize: number,
): Page<T> {
  const after = startOf(list, input.nextToken)
  const size = input.maxResults ?? defaultSize
  const found: T[] = []
  for (const item of items) {
    if (item.seq <= after) continue
    const last = found.at(-1)
    if (last && found.length === size) return { items: found, nextToken: tokenOf(list, last.seq) }
    found.push(item)
  }
  return { items: found }
}
