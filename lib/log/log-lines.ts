/** What a line may say. No error, map, buffer or class: what an object of somebody else's holds is not ours to print. */
type LogValue = string | number | boolean | undefined | readonly LogValue[] | { readonly [name: string]: LogValue }
type Fields = { readonly [name: string]: LogValue }

const LEVELS = ['DEBUG', 'INFO', 'WARN', 'ERROR', 'SILENT'] as const
type LogLevel = (typeof LEVELS)[number]
type Write = (message: string, fields: Fields) => void

/** A log for machines to read. Fields are names, ids and numbers, never an error's text. */
export interface LogLines {
  readonly info: Write
  readonly warn: Write
  readonly error: Write
}

interface LogLinesOptions {
  /** The least that is written. */
  readonly level: LogLevel
  /** Takes one whole line, with its end. */
  readonly write: (line: string) => void
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/** One JSON object a line: `level`, `message`, `timestamp`, `service`, then the fields, which cannot take those names. */
export function createLogLines({ level: least, write, now }: LogLinesOptions): LogLines {
  const at = (level: LogLevel): Write => {
    if (LEVELS.indexOf(level) < LEVELS.indexOf(least)) return () => {}
    return (message, fields) => {
      const head = { level, message, timestamp: new Date(now()).toISOString(), service: 'stagedoor' }
      write(`${JSON.stringify({ ...head, ...fields, ...head })}\n`)
    }
  }
  return { info: at('INFO'), warn: at('WARN'), error: at('ERROR') }
}

/**
 * The log of a deployed function: standard output, which CloudWatch takes line by line, at the level that `LOG_LEVEL` names;
 * `INFO` where it names none. Not `console`, into whose lines Lambda's runtime writes.
 */
export const openLogLines = (env: Readonly<Record<string, string | undefined>>): LogLines =>
  createLogLines({
    level: LEVELS.find((level) => level === env.LOG_LEVEL?.toUpperCase()) ?? 'INFO',
    write: (line) => void process.stdout.write(line),
    now: Date.now,
  })
