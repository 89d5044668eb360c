import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What a twin remembers between runs. Each document is one JSON file, written whole. */
export interface TwinMemory {
  /** `undefined`: there is none, or it cannot be read and was put aside as `<name>.json.broken`. */
  read(name: string): unknown
  write(name: string, value: unknown): void
  /** Calls `produce` and writes what it answers, soon: many changes become one write. */
  writeSoon(name: string, produce: () => unknown): void
  /** A directory of another program's making inside this one; `undefined` where nothing is kept. */
  path(name: string): string | undefined
  /** Writes what is waiting and lets another twin use the directory. */
  close(): void
}

/** Short enough that only a crash within it loses a change that was answered. */
const WRITE_DELAY_MS = 15

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

function takeLock(file: string): void {
  try {
    const pid = Number(readFileSync(file, 'utf8'))
    if (pid !== process.pid && isAlive(pid)) throw new Error(`the data directory is in use by process ${pid}`)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  writeFileSync(file, String(process.pid))
}

/** Opens `--data DIR`, making it if need be. Throws where another twin has it, or it cannot be written. */
export function openDataDirectory(directory: string, onBroken: (name: string) => void): TwinMemory {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const lock = join(directory, 'twin.pid')
  takeLock(lock)
  const waiting = new Map<string, () => unknown>()
  let timer: NodeJS.Timeout | undefined
  const fileOf = (name: string): string => join(directory, `${name}.json`)

  // A rename replaces the old file in one step, so that a crash leaves either the old or the new one.
  const write = (name: string, value: unknown): void => {
    const temporary = `${fileOf(name)}.tmp`
    writeFileSync(temporary, JSON.stringify(value), { mode: 0o600 })
    renameSync(temporary, fileOf(name))
  }
  const flush = (): void => {
    clearTimeout(timer)
    timer = undefined
    const due = [...waiting]
    waiting.clear()
    for (const [name, produce] of due) write(name, produce())
  }
  const read = (name: string): unknown => {
    try {
      return JSON.parse(readFileSync(fileOf(name), 'utf8'))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      renameSync(fileOf(name), `${fileOf(name)}.broken`)
      onBroken(name)
      return undefined
    }
  }

  return {
    read,
    write,
    writeSoon: (name, produce) => {
      waiting.set(name, produce)
      timer ??= setTimeout(flush, WRITE_DELAY_MS)
    },
    path: (name) => join(directory, name),
    close: () => {
      flush()
      rmSync(lock, { force: true })
    },
  }
}

/** Without `--data`: nothing outlives the process. */
export const forgetful: TwinMemory = {
  read: () => undefined,
  write: () => undefined,
  writeSoon: () => undefined,
  path: () => undefined,
  close: () => undefined,
}
