import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { compact, openJournal } from '../../../local/ivs/data/journal.ts'
import type { Change } from '../../../local/ivs/world/table.ts'
import { room } from './room.ts'
import { type Stand, stand } from './stand.ts'

let directory = ''
const file = () => join(directory, 'ivs.journal')
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ivs-journal-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

/** A stand that keeps a journal, and where it was left off. */
function kept(): { made: Stand; close: () => void; dropped: number } {
  const journal = openJournal(file())
  const made = stand({ onChange: journal.append })
  made.ivs.restore(journal.found)
  return { made, close: journal.close, dropped: journal.dropped }
}
const stagesOf = (made: Stand) => (made.ivs.invoke('ListStages', {}) as { stages: { name: string }[] }).stages

describe('a journal', () => {
  it('lets a restart find everything: stages, people, tokens, keys and what is still due', () => {
    const first = kept()
    const r = room(first.made, { name: 'one', tags: { a: 'b' } })
    const participantId = r.enter({ publish: true })
    const unused = r.apiToken().token
    const before = first.made.ivs.snapshot()
    first.close()
    const second = kept()
    expect(JSON.stringify(second.made.ivs.snapshot())).toBe(JSON.stringify(before))
    expect(second.made.ivs.side.join({ token: unused })).toMatchObject({ ok: true })
    expect(second.made.ivs.side.unpublish({ participantId })).toMatchObject({ ok: true })
    second.made.ivs.side.leave({ participantId, crash: true })
    second.close()
    const third = kept()
    third.made.now += 10_000
    third.made.ivs.settle()
    expect(third.made.ivs.side.leave({ participantId })).toMatchObject({ refusal: { code: 'NOT_CONNECTED' } })
    third.close()
  })

  it('that was torn anywhere in its last write holds every operation before it, whole', () => {
    const first = kept()
    for (const name of ['a', 'b', 'c']) first.made.ivs.invoke('CreateStage', { name })
    const whole = statSync(file()).size
    first.made.ivs.invoke('CreateStage', { name: 'torn' })
    first.close()
    const bytes = readFileSync(file())
    for (let size = whole; size < bytes.length; size++) {
      writeFileSync(file(), bytes)
      truncateSync(file(), size)
      const again = kept()
      expect(stagesOf(again.made).map(({ name }) => name)).toEqual(['a', 'b', 'c'])
      expect(again.dropped).toBe(size === whole ? 0 : 1)
      again.close()
    }
  })

  it('goes on after a torn write as if nothing had been', () => {
    const first = kept()
    first.made.ivs.invoke('CreateStage', { name: 'a' })
    first.close()
    appendFileSync(file(), '0badc0de [["stages"')
    const second = kept()
    second.made.ivs.invoke('CreateStage', { name: 'b' })
    second.close()
    const third = kept()
    expect(third.dropped).toBe(0)
    expect(stagesOf(third.made).map(({ name }) => name)).toEqual(['a', 'b'])
    third.close()
  })

  it('with damage inside keeps what comes before it, and the file as it was', () => {
    const first = kept()
    for (const name of ['a', 'b', 'c']) first.made.ivs.invoke('CreateStage', { name })
    first.close()
    const damaged = readFileSync(file(), 'utf8').replace('"name":"b"', '"name":"X"')
    writeFileSync(file(), damaged)
    const second = kept()
    expect(stagesOf(second.made).map(({ name }) => name)).toEqual(['a'])
    expect(second.dropped).toBe(2)
    expect(readFileSync(`${file()}.broken`, 'utf8')).toBe(damaged)
    second.close()
  })

  it('is for its owner’s eyes alone: it holds the secret of tokens', () => {
    kept().close()
    expect(statSync(file()).mode & 0o077).toBe(0)
  })

  it('compacts to the last value of every record, in the order they first came', () => {
    const change = fc.tuple(
      fc.constantFrom('stages', 'timers'),
      fc.constantFrom('a', 'b', 'c'),
      fc.constantFrom(null, 1, 2),
    ) as fc.Arbitrary<Change>
    fc.assert(
      fc.property(fc.array(change), (changes) => {
        const records = new Map<string, Change>()
        for (const one of changes) {
          const key = one.slice(0, 2).join()
          if (one[2] === null) records.delete(key)
          else records.set(key, one)
        }
        expect(compact(changes)).toEqual([...records.values()])
        expect(compact(compact(changes))).toEqual(compact(changes))
      }),
    )
  })
})
