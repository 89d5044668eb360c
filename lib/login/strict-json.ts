import { ok, type Result, refuse } from '../result.ts'

/** A whole string literal, or one character that opens, closes or separates. Only ever run over valid JSON. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g

/**
 * JSON as RFC 8259 has it, in which no object names a member twice (RFC 7515 §4: two readers of one text must not differ).
 * Everything else that `JSON.parse` takes is taken, with the same value.
 */
export function parseStrictJson(text: string): Result<unknown, 'malformed'> {
  try {
    const value: unknown = JSON.parse(text)
    return repeatsAName(text) ? refuse('malformed') : ok(value)
  } catch {
    return refuse('malformed')
  }
}

function repeatsAName(json: string): boolean {
  // One entry for each open object or array; `null` for an array.
  const open: (Set<string> | null)[] = []
  let last = ''
  for (const [token] of json.matchAll(TOKEN)) {
    const names = open.at(-1)
    if (token === ':' && names) {
      const name = JSON.parse(last) as string
      if (names.has(name)) return true
      names.add(name)
    } else if (token === '{') open.push(new Set())
    else if (token === '[') open.push(null)
    else if (token === '}' || token === ']') open.pop()
    last = token
  }
  return false
}
