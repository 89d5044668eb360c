import { setTimeout as wait } from 'node:timers/promises'
import type { Config } from '../config/config.ts'
import { createIvsQuota } from '../ivs/quota.dynamodb.ts'
import type { Patience } from '../ivs/with-quota.ts'
import type { Table } from '../storage/table.dynamodb.ts'
import { systemClock } from '../time.ts'

/** Our share of IVS's quota, and how long this function waits for a place in it: less than whoever waits for it does. */
export const patienceOn = (
  table: Table,
  { quotaShare }: Pick<Config, 'quotaShare'>,
  longestWaitMs: number,
): Patience => ({
  quota: createIvsQuota(table, { share: quotaShare, clock: systemClock }),
  wait,
  random: Math.random,
  longestWaitMs,
})
