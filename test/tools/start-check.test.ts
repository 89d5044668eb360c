import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const script = join(import.meta.dirname, '../../tools/start-check.cjs')

/** Runs the check as if by another Node on another platform. */
function check(node: string, platform: string): { status: number | null; lines: string[] } {
  const pretend = `
    Object.defineProperty(process, 'versions', { value: { node: '${node}' } })
    Object.defineProperty(process, 'version', { value: 'v${node}' })
    Object.defineProperty(process, 'platform', { value: '${platform}' })
    require(${JSON.stringify(script)})`
  const { status, stderr } = spawnSync(process.execPath, ['-e', pretend], { encoding: 'utf8' })
  return { status, lines: stderr.split('\n').filter((line) => line !== '') }
}

describe('the check before anything starts', () => {
  it.each([
    ['20.20.2', 'darwin', 'nodejs.org'],
    ['20.20.2', 'linux', 'npm ci'],
    ['22.12.0', 'win32', 'npm ci'],
  ])('Node %s on %s: one line that says what to do', (node, platform, advice) => {
    const { status, lines } = check(node, platform)
    expect(status).toBe(1)
    expect(lines).toEqual([expect.stringContaining(advice)])
    expect(lines[0]).toContain(`v${node}`)
  })

  it.each(['24.0.0', '26.1.0'])('Node %s: nothing to say', (node) => {
    expect(check(node, 'linux')).toEqual({ status: 0, lines: [] })
  })
})
