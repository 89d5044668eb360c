import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createLogLines, openLogLines } from '../../../lib/log/log-lines.ts'

const NOW = Date.UTC(2026, 10, 21, 12, 0, 3, 250)

function collected(level: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'SILENT') {
  const written: string[] = []
  return { written, log: createLogLines({ level, write: (line) => written.push(line), now: () => NOW }) }
}

describe('log lines', () => {
  it('are one JSON object each, with level, message, instant and service', () => {
    const { written, log } = collected('INFO')
    log.warn('secret', { what: 'read', tries: 2, absent: undefined })
    expect(written).toEqual([
      '{"level":"WARN","message":"secret","timestamp":"2026-11-21T12:00:03.250Z","service":"stagedoor","what":"read","tries":2}\n',
    ])
  })

  it.each([
    ['DEBUG', ['INFO', 'WARN', 'ERROR']],
    ['INFO', ['INFO', 'WARN', 'ERROR']],
    ['WARN', ['WARN', 'ERROR']],
    ['ERROR', ['ERROR']],
    ['SILENT', []],
  ] as const)('of level %s are %s', (level, expected) => {
    const { written, log } = collected(level)
    log.info('m', {})
    log.warn('m', {})
    log.error('m', {})
    expect(written.map((line) => JSON.parse(line).level)).toEqual(expected)
  })

  it('stay one line and one object whatever they are given, and no field passes for the head of one', () => {
    const value = fc.oneof(fc.string({ unit: 'binary' }), fc.double(), fc.boolean(), fc.array(fc.string()))
    const fields = fc.dictionary(
      fc.oneof(fc.string(), fc.constantFrom('level', 'message', 'timestamp', 'service')),
      value,
    )
    fc.assert(
      fc.property(fields, (given) => {
        const { written, log } = collected('INFO')
        log.info('request', given)
        expect(written).toHaveLength(1)
        expect(written[0]?.indexOf('\n')).toBe((written[0]?.length ?? 0) - 1)
        const head = { level: 'INFO', message: 'request', timestamp: new Date(NOW).toISOString(), service: 'stagedoor' }
        expect(JSON.parse(written[0] ?? '')).toMatchObject(head)
      }),
    )
  })
})

describe('the log of a deployed function', () => {
  const written: string[] = []
  afterEach(() => {
    written.length = 0
    vi.restoreAllMocks()
  })

  it.each([
    [{}, ['INFO', 'ERROR']],
    [{ LOG_LEVEL: 'error' }, ['ERROR']],
    [{ LOG_LEVEL: 'SILENT' }, []],
    [{ LOG_LEVEL: 'LOUD' }, ['INFO', 'ERROR']],
  ])('goes to standard output, at the level of %j', (env, expected) => {
    vi.spyOn(process.stdout, 'write').mockImplementation((line) => written.push(String(line)) > 0)
    const log = openLogLines(env)
    log.info('m', {})
    log.error('m', {})
    expect(written.map((line) => JSON.parse(line).level)).toEqual(expected)
  })
})
