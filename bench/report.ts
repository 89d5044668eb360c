import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type MachineFacts, machineFacts } from './machine.ts'

/** `--short`: once through everything, so that CI sees that it still runs. Its numbers mean nothing. */
export const isShort = (): boolean =>
  parseArgs({ options: { short: { type: 'boolean', default: false } } }).values.short

export const say = (line = ''): void => void process.stdout.write(`${line}\n`)

/** Columns as wide as they need to be; text to the left, numbers to the right. */
export function table(rows: readonly Readonly<Record<string, string | number>>[]): void {
  const names = [...new Set(rows.flatMap(Object.keys))]
  const cells = rows.map((row) => names.map((name) => String(row[name] ?? '')))
  const widths = names.map((name, at) => Math.max(name.length, ...cells.map((line) => line[at]?.length ?? 0)))
  const isNumber = names.map((_, at) => cells.every((line) => /^[\d.,]*( ?%)?$/.test(line[at] ?? '')))
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, at) => (isNumber[at] ? text.padStart(widths[at] ?? 0) : text.padEnd(widths[at] ?? 0)))
      .join('  ')
      .trimEnd()
  say(line(names))
  for (const texts of cells) say(line(texts))
}

/** Written beside this file and not kept; docs/performance holds one reference run. */
export async function keep(name: string, results: object): Promise<void> {
  const directory = join(import.meta.dirname, 'results')
  await mkdir(directory, { recursive: true })
  const kept: { machine: MachineFacts } & object = { machine: machineFacts(), ...results }
  await writeFile(join(directory, `${name}.json`), `${JSON.stringify(kept, null, 2)}\n`)
}
