import { describe, expect, it } from 'vitest'
import { createFaults, type FaultMode } from '../../local/aws/faults.ts'
import { createBus } from '../../local/bus.ts'
import type { EventBridgeEvent } from '../../local/ivs/event.ts'

const event = (name: string): EventBridgeEvent => ({
  version: '0',
  id: name,
  'detail-type': 'IVS Stage Update',
  source: 'aws.ivs',
  account: '123456789012',
  time: '2026-11-21T00:00:00Z',
  region: 'us-east-1',
  resources: [],
  detail: { event_name: name },
})

function arrived(mode: FaultMode | undefined, operation?: string): string[] {
  const faults = createFaults()
  const bus = createBus(faults)
  const ids: string[] = []
  bus.subscribe(({ id }) => ids.push(id))
  const skip = { seed: 1, rate: 1, delayMs: 0, after: false, skip: 0, count: 1 }
  if (mode) faults.add({ target: 'events', mode, ...skip, ...(operation === undefined ? {} : { operation }) })
  for (const name of ['a', 'b', 'c']) bus.emit(event(name))
  return ids
}

describe('createBus', () => {
  it.each<[string, FaultMode | undefined, string | undefined, string[]]>([
    ['in order', undefined, undefined, ['a', 'b', 'c']],
    ['drop', 'drop', undefined, ['b', 'c']],
    ['drop by name', 'drop', 'b', ['a', 'c']],
    ['duplicate', 'duplicate', undefined, ['a', 'a', 'b', 'c']],
    ['reorder', 'reorder', undefined, ['b', 'a', 'c']],
    ['delay', 'delay', undefined, ['b', 'c']],
  ])('%s', (_, mode, operation, expected) => {
    expect(arrived(mode, operation)).toEqual(expected)
  })
})
