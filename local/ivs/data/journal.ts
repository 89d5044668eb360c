import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import type { Change } from '../world/table.ts'

/** State on disk: one line per operation, so that a crash leaves whole operations and at most one torn line, which is dropped. */
export interface Journal {
  /** What was found, in an order that `restore` can take up. */
  readonly found: readonly Change[]
  /** Lines that could not be read, if any: the torn last one, or everything from a damaged one on. */
  readonly dropped: number
  append(changes: readonly Change[]): void
  close(): void
}

const line = (changes: readonly Change[]): string => {
  const json = JSON.stringify(changes)
  return `${checksum(json)} ${json}\n`
}
const checksum = (json: string): string => crc32(json).toString(16).padStart(8, '0')

function parseLine(text: string): readonly Change[] | undefined {
  const json = text.slice(9)
  if (text.slice(0, 9) !== `${checksum(json)} `) return undefined
  try {
    return JSON.parse(json) as Change[]
  } catch {
    return undefined
  }
}

interface Found {
  readonly changes: readonly Change[]
  readonly dropped: number
}

function read(file: string): Found {
  if (!existsSync(file)) return { changes: [], dropped: 0 }
  const text = readFileSync(file, 'utf8')
  const lines = text.split('\n')
  // What follows the last line feed is no line: empty, or the beginning of a write that never ended.
  const torn = lines.pop() === '' ? 0 : 1
  const changes: Change[] = []
  for (const [index, entry] of lines.entries()) {
    const parsed = parseLine(entry)
    if (!parsed) return { changes, dropped: lines.length - index + torn }
    changes.push(...parsed)
  }
  return { changes, dropped: torn }
}

/** The last value of every record, in the order the records first came; deletions are forgotten. */
export function compact(changes: readonly Change[]): readonly Change[] {
  const last = new Map<string, Change>()
  for (const change of changes) {
    const key = `${change[0]} ${change[1]}`
    if (change[2] === null) last.delete(key)
    else last.set(key, change)
  }
  return [...last.values()]
}

const CHANGES_PER_LINE = 1000

function rewrite(file: string, changes: readonly Change[]): void {
  const temporary = `${file}.tmp`
  const descriptor = openSync(temporary, 'w', 0o600)
  for (let from = 0; from < changes.length; from += CHANGES_PER_LINE)
    writeSync(descriptor, line(changes.slice(from, from + CHANGES_PER_LINE)))
  fsyncSync(descriptor)
  closeSync(descriptor)
  renameSync(temporary, file)
}

/**
 * Opens a journal, making it if need be. What is found is written anew without what is superseded; a file with damage in it is
 * first kept aside as `<file>.broken`. Throws where the file cannot be written.
 */
export function openJournal(file: string): Journal {
  const { changes, dropped } = read(file)
  if (dropped > 0) writeFileSync(`${file}.broken`, readFileSync(file), { mode: 0o600 })
  const found = compact(changes)
  rewrite(file, found)
  const descriptor = openSync(file, 'a', 0o600)
  return {
    found,
    dropped,
    append: (more) => void writeSync(descriptor, line(more)),
    close: () => closeSync(descriptor),
  }
}
