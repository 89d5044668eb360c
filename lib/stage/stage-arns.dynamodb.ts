import { parseStageId, type StageUid } from '../ids.ts'
import { numberOf, stringOf } from '../storage/attribute-values.dynamodb.ts'
import { Expression } from '../storage/expression.dynamodb.ts'
import type { Key, Table } from '../storage/table.dynamodb.ts'
import type { StageArns, StageOfArn } from './stage-arns.ts'

const keyOf = (stageArn: string): Key => ({ pk: `arn#${stageArn}`, sk: 'arn' })

/** An ARN is IVS's and never used twice, so what is written for it never changes. */
export function createStageArns(table: Table): StageArns & {
  put(stageArn: string, stage: StageOfArn): Promise<void>
  remove(stageArn: string): Promise<void>
} {
  return {
    async find(stageArn) {
      const item = await table.get(keyOf(stageArn))
      const stageId = parseStageId(item?.stageOf)
      const stageUid = stringOf(item?.uid)
      const generation = numberOf(item?.gen)
      if (!stageId.ok || stageUid === undefined || generation === undefined) return undefined
      return { stageId: stageId.value, stageUid: stageUid as StageUid, generation }
    },

    async put(stageArn, { stageId, stageUid, generation }) {
      // Not `stageId`, which is a key of the directory index: this item is no stage record.
      const item = { stageOf: stageId, uid: stageUid, gen: generation }
      await table.put(keyOf(stageArn), item, 'attribute_not_exists(pk) OR attribute_exists(pk)', new Expression())
    },

    async remove(stageArn) {
      await table.remove(keyOf(stageArn), 'attribute_exists(pk)', new Expression())
    },
  }
}
