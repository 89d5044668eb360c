import type { EpochMicros } from '../time.ts'

const INSTANT = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d+))?Z$/
const MICROS_PER_SECOND = 1_000_000

/**
 * An instant as IVS writes it, with any number of fraction digits, as a number: compared as text, `…05Z` would come after
 * `…05.300Z` (IVS facts §5.4). `precise` where a fraction was written. Nothing for anything else.
 */
export function parseInstant(text: unknown): { readonly at: EpochMicros; readonly precise: boolean } | undefined {
  const [, whole, fraction] = (typeof text === 'string' ? INSTANT.exec(text) : undefined) ?? []
  const ms = whole === undefined ? Number.NaN : Date.parse(`${whole}Z`)
  if (!Number.isFinite(ms)) return undefined
  const micros = fraction === undefined ? 0 : Number(fraction.slice(0, 6).padEnd(6, '0'))
  return { at: (ms / 1000) * MICROS_PER_SECOND + micros, precise: fraction !== undefined }
}

/** The second an instant lies in: as far as IVS tells most of them apart. */
export const wholeSecond = (micros: EpochMicros): number => Math.floor(micros / MICROS_PER_SECOND)
