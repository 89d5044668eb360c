import type { Event, EventName } from '@aws-sdk/client-ivs-realtime'
import { CAPABILITIES, type Capability } from '../grant/role.ts'

/** In whatever order IVS lists them, the latest of these names. Of one instant, the last that is listed. */
export const latestOf = (events: readonly Event[], ...names: readonly EventName[]): Event | undefined =>
  events
    .filter(({ name }) => name !== undefined && names.includes(name))
    .reduce<Event | undefined>(
      (best, one) => (best === undefined || instantOf(one) >= instantOf(best) ? one : best),
      undefined,
    )

/** Milliseconds since the epoch; 0 where IVS does not say. */
export const instantOf = ({ eventTime }: Event): number => eventTime?.getTime() ?? 0

/**
 * What the token of the last exchange lets its holder do; nothing where there was none since they came. Who joins anew does so
 * with a token of their own choice, whatever they exchanged for before.
 */
export function exchangedTo(events: readonly Event[]): readonly Capability[] | undefined {
  const exchange = latestOf(events, 'TOKEN_EXCHANGED')
  const joined = latestOf(events, 'JOINED')
  const capabilities = exchange?.newToken?.capabilities
  if (exchange === undefined || capabilities === undefined) return undefined
  if (joined !== undefined && instantOf(joined) > instantOf(exchange)) return undefined
  return CAPABILITIES.filter((one) => capabilities.includes(one))
}
