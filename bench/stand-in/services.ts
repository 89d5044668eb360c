export type Service = 'dynamodb' | 'ivs' | 'secrets' | 'parameters' | 'keys'

/** How long each service takes to answer, in milliseconds. */
export type Delays = Readonly<Record<Service, number>>

export const DELAYS: Delays = { dynamodb: 0, ivs: 0, secrets: 0, parameters: 0, keys: 0 }

/**
 * Medians that AWS's customers see within one Region, rounded: single-digit milliseconds for a DynamoDB item, tens for the
 * control planes.
 */
export const REALISTIC: Delays = { dynamodb: 5, ivs: 60, secrets: 20, parameters: 15, keys: 30 }

/** What one operation was sent and answered since the last look. */
export interface Tally {
  readonly calls: number
  readonly bytesIn: number
  readonly bytesOut: number
}
