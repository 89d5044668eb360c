import { EMIT_MODES, type FaultMode, type Faults } from '../aws/faults.ts'
import type { TwinClock } from '../clock.ts'
import { type BusEvent, namesOf } from './event.ts'
import { malform } from './malform.ts'

/** Takes an event on its way; answers the fault that befell it. */
export type BestEffort = (event: BusEvent) => FaultMode | undefined

/**
 * How AWS's own services tell of things: an event may be lost, late, doubled, overtaken by the next one, or (which AWS never
 * promised not to do) not what it should be. Late is by the twin's clock.
 */
export function createBestEffort(
  faults: Faults,
  clock: Pick<TwinClock, 'after'>,
  deliver: (event: BusEvent) => void,
): BestEffort {
  const held = new Map<BusEvent, () => void>()

  const arrive = (event: BusEvent): void => {
    const overtaken = [...held]
    held.clear()
    deliver(event)
    for (const [late, cancel] of overtaken) {
      cancel()
      deliver(late)
    }
  }
  /** One that nothing overtakes does not stay away for ever. */
  const hold = (event: BusEvent, ms: number): void => {
    const cancel = clock.after(ms, () => {
      if (held.delete(event)) deliver(event)
    })
    held.set(event, cancel)
  }

  return (event) => {
    const fault = faults.draw('events', namesOf(event), EMIT_MODES)
    const ms = fault === undefined ? 0 : fault.delayMs * (fault.spread ? fault.roll : 1)
    switch (fault?.mode) {
      case 'drop':
        break
      case 'delay':
        clock.after(ms, () => deliver(event))
        break
      case 'reorder':
        hold(event, ms)
        break
      case 'malformed':
        arrive(malform(event, fault.roll))
        break
      case 'duplicate':
        arrive(event)
        if (ms === 0) deliver(event)
        else clock.after(ms, () => deliver(event))
        break
      default:
        arrive(event)
    }
    return fault?.mode
  }
}
