import type { Table, Written } from '../../lib/storage/table.dynamodb.ts'

type Method = keyof Table
const WRITES: readonly Method[] = ['put', 'update', 'remove']

type Around = (method: Method, call: () => Promise<unknown>) => Promise<unknown>

/** The same table, with something done around each call. */
function around(table: Table, wrap: Around): Table {
  const wrapped = (method: Method) =>
    [
      method,
      (...args: unknown[]) => wrap(method, () => (table[method] as (...all: unknown[]) => Promise<unknown>)(...args)),
    ] as const
  const methods: readonly Method[] = ['get', 'getAll', 'put', 'update', 'remove', 'query']
  return Object.fromEntries(methods.map(wrapped)) as unknown as Table
}

/**
 * Notes down each call by its kind; `update!` is one whose condition failed. The read that follows such a one where the
 * engine does not say what stood in the way is left out, so that every engine counts the same.
 */
export function countedTable(table: Table): { readonly table: Table; readonly calls: string[] } {
  const calls: string[] = []
  let unanswered = false
  const counted = around(table, async (method, call) => {
    const answer = (await call()) as Partial<Written> | undefined
    const failed = WRITES.includes(method) && answer?.done === false
    if (!(unanswered && method === 'get')) calls.push(failed ? `${method}!` : method)
    unanswered = failed && answer !== undefined && !('seen' in answer)
    return answer
  })
  return { table: counted, calls }
}

/** What the SDK does when an answer is lost: every write is sent twice, and only the second answer is seen. */
export const repeatingTable = (table: Table): Table =>
  around(table, async (method, call) => {
    if (WRITES.includes(method)) await call()
    return call()
  })

/** Calls `before` and `after` around each call; what they throw is what the caller sees. */
export const faultyTable = (
  table: Table,
  hooks: { readonly before?: (method: Method) => void; readonly after?: (method: Method) => void },
): Table =>
  around(table, async (method, call) => {
    hooks.before?.(method)
    const answer = await call()
    hooks.after?.(method)
    return answer
  })
