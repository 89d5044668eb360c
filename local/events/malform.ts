import type { BusEvent } from './event.ts'

type Break = (event: BusEvent) => BusEvent

const inDetail =
  (changes: Readonly<Record<string, unknown>>): Break =>
  (event) => ({ ...event, detail: { ...event.detail, ...changes } })

/** No instant can be read from any of these. */
const NO_TIME = { event_time: 'yesterday', event_time_precise: 17 }

const OF_ANY: readonly Break[] = [
  (event) => ({ ...event, resources: [] }),
  (event) => inDetail(NO_TIME)({ ...event, time: 'yesterday' }),
]
const OF_PARTICIPANT: readonly Break[] = [
  ...OF_ANY,
  inDetail({ participant_id: 17 }),
  inDetail({ participant_id: undefined }),
  inDetail({ session_id: null }),
]

/** Still what rules look for by its types and names, but not what it should say. `roll`, in [0, 1), picks how. */
export function malform(event: BusEvent, roll: number): BusEvent {
  const breaks = event.detail.participant_id === undefined ? OF_ANY : OF_PARTICIPANT
  return breaks[Math.floor(roll * breaks.length)]?.(event) ?? event
}
