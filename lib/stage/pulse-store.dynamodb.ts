import type { SeatsKey } from '../seat/seats.ts'
import { numberOf } from '../storage/attribute-values.dynamodb.ts'
import { Expression } from '../storage/expression.dynamodb.ts'
import type { Key, Table } from '../storage/table.dynamodb.ts'
import { secondsOf } from '../time.ts'
import { PULSE_MS, type PulseStore } from './stage-pulse.ts'

const keyOf = ({ stageUid, generation }: SeatsKey): Key => ({ pk: `pulse#${stageUid}#${generation}`, sk: 'pulse' })
/** A stage nobody reads any more leaves nothing behind. */
const KEPT_SECONDS = 86_400

export function createPulseStore(table: Table): PulseStore {
  return {
    async load(key) {
      const item = await table.get(keyOf(key))
      const asOf = numberOf(item?.asOf)
      return asOf === undefined ? undefined : { live: item?.live === true, asOf }
    },

    async claim(key, now) {
      const expression = new Expression()
      const written = await table.update(
        keyOf(key),
        {
          ConditionExpression: `attribute_not_exists(askedAt) OR askedAt <= ${expression.value('due', now - PULSE_MS)}`,
          UpdateExpression: `SET askedAt = ${expression.value('now', now)}, ${expression.name('ttl', 'ttl')} = ${expression.value('ttl', secondsOf(now) + KEPT_SECONDS)}`,
        },
        expression,
      )
      return written.done
    },

    async save(key, pulse) {
      const expression = new Expression()
      await table.update(
        keyOf(key),
        {
          UpdateExpression: `SET live = ${expression.value('live', pulse.live)}, asOf = ${expression.value('asOf', pulse.asOf)}`,
        },
        expression,
      )
    },
  }
}
