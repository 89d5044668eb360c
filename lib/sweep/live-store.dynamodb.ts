import { parseStageId, type StageUid } from '../ids.ts'
import type { StageOfArn } from '../stage/stage-arns.ts'
import { type Item, numberOf, stringOf } from '../storage/attribute-values.dynamodb.ts'
import { Expression } from '../storage/expression.dynamodb.ts'
import type { Key, Table } from '../storage/table.dynamodb.ts'
import type { LiveStage, LiveStore } from './live-store.ts'

/** One partition, which only one run of one function writes, at most a few times a second. */
const PARTITION = 'live'
const keyOf = ({ stageUid, generation }: StageOfArn): Key => ({ pk: PARTITION, sk: `${stageUid}#${generation}` })
const PAGE = 500

export function createLiveStore(table: Table): LiveStore {
  return {
    async all() {
      const found: LiveStage[] = []
      let after: string | undefined
      do {
        const expression = new Expression()
        const { items, more } = await table.query({
          KeyConditionExpression: `pk = ${expression.value('pk', PARTITION)}`,
          ConsistentRead: true,
          Limit: PAGE,
          ...expression.parts,
          ...(after !== undefined && { ExclusiveStartKey: { pk: { S: PARTITION }, sk: { S: after } } }),
        })
        found.push(...items.flatMap(liveOf))
        after = more ? stringOf(items.at(-1)?.sk) : undefined
      } while (after !== undefined)
      return found
    },

    async put(live) {
      const item = {
        stageOf: live.stageId,
        uid: live.stageUid,
        gen: live.generation,
        arn: live.stageArn,
        session: live.sessionId,
        since: live.since,
        sweptAt: live.sweptAt,
        idleSince: live.idleSince,
        lively: live.lively,
      }
      await table.put(keyOf(live), item, 'attribute_not_exists(pk) OR attribute_exists(pk)', new Expression())
    },

    async remove(live) {
      await table.remove(keyOf(live), 'attribute_exists(pk)', new Expression())
    },
  }
}

function liveOf(item: Item): LiveStage[] {
  const stageId = parseStageId(item.stageOf)
  const [stageUid, stageArn, sessionId] = [stringOf(item.uid), stringOf(item.arn), stringOf(item.session)]
  const [generation, since, sweptAt] = [numberOf(item.gen), numberOf(item.since), numberOf(item.sweptAt)]
  if (!stageId.ok || !stageUid || !stageArn || !sessionId || generation === undefined || since === undefined) return []
  const live = { stageId: stageId.value, stageUid: stageUid as StageUid, generation, stageArn, sessionId, since }
  const idleSince = numberOf(item.idleSince)
  return [
    {
      ...live,
      ...(sweptAt !== undefined && { sweptAt }),
      ...(idleSince !== undefined && { idleSince }),
      ...(item.lively !== undefined && { lively: true }),
    },
  ]
}
