import { parseStageId, type StageUid } from '../ids.ts'
import type { StageOfArn } from '../stage/stage-arns.ts'
import { numberOf, stringOf } from '../storage/attribute-values.dynamodb.ts'
import { Expression } from '../storage/expression.dynamodb.ts'
import type { Key, Table } from '../storage/table.dynamodb.ts'
import type { SweepRequests } from './sweep-requests.ts'

/** One partition: only what two events contradict each other about is asked for, and the next round empties it. */
const PARTITION = 'sweeps'
const keyOf = ({ stageUid, generation }: StageOfArn): Key => ({ pk: PARTITION, sk: `${stageUid}#${generation}` })

export function createSweepRequests(table: Table): SweepRequests {
  return {
    async soon(stage) {
      const item = { stageOf: stage.stageId, uid: stage.stageUid, gen: stage.generation }
      await table.put(keyOf(stage), item, 'attribute_not_exists(pk)', new Expression())
    },

    async waiting(limit) {
      const expression = new Expression()
      const partition = `pk = ${expression.value('pk', PARTITION)}`
      const { items } = await table.query({ KeyConditionExpression: partition, Limit: limit, ...expression.parts })
      return items.flatMap((item): StageOfArn[] => {
        const stageId = parseStageId(item.stageOf)
        const stageUid = stringOf(item.uid)
        const generation = numberOf(item.gen)
        if (!stageId.ok || stageUid === undefined || generation === undefined) return []
        return [{ stageId: stageId.value, stageUid: stageUid as StageUid, generation }]
      })
    },

    async done(stage) {
      await table.remove(keyOf(stage), 'attribute_exists(pk)', new Expression())
    },
  }
}
