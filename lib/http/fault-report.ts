import { Fault } from '../fault.ts'
import type { FaultReport } from './request-log.ts'

const MAX_FRAMES = 10
const FRAME = /^\s+at (?:.*\()?(?:.*[/\\])?([\w.-]+):(\d+):\d+\)?$/
const PLAIN_NAME = /^[A-Za-z][A-Za-z0-9_.]{0,63}$/

/**
 * What may be logged about anything thrown. Messages of others are left out: an SDK's or a parser's may quote what it was
 * given, which here means tokens and claims.
 */
export function reportFault(thrown: unknown): FaultReport {
  return {
    name: nameOf(thrown),
    ...(thrown instanceof Fault ? { message: thrown.message } : {}),
    ...(thrown instanceof Fault && thrown.cause !== undefined ? { cause: nameOf(thrown.cause) } : {}),
    frames: thrown instanceof Error ? framesOf(thrown) : [],
  }
}

function nameOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return typeof thrown
  return PLAIN_NAME.test(thrown.name) ? thrown.name : 'Error'
}

/** Only what follows the message is read: a message can hold lines that look like frames. */
function framesOf(error: Error): string[] {
  const stack = typeof error.stack === 'string' ? error.stack : ''
  const message = String(error.message)
  const start = stack.indexOf(message)
  if (start < 0) return []
  return stack
    .slice(start + message.length)
    .split('\n')
    .map((line) => FRAME.exec(line))
    .filter((frame) => frame !== null)
    .slice(0, MAX_FRAMES)
    .map(([, file, line]) => `${file}:${line}`)
}
