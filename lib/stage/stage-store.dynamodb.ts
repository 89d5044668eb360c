import { parseStageId, type StageId } from '../ids.ts'
import type { Result } from '../result.ts'
import { type Item, mapOf, numberOf, stringOf } from '../storage/attribute-values.dynamodb.ts'
import { Expression } from '../storage/expression.dynamodb.ts'
import type { Key, Table } from '../storage/table.dynamodb.ts'
import type { Stage } from './stage.ts'
import { createStageArns } from './stage-arns.dynamodb.ts'
import type { StageOfArn } from './stage-arns.ts'
import type { StageEntry, StagePage, StageStore } from './stage-store.ts'

const stageKeyOf = (stageId: StageId): Key => ({ pk: `stage#${stageId}`, sk: 'stage' })

/** The partitions of the directory index. No join writes an attribute that it holds. */
const DIRECTORY = 'stages'
const BEING_DELETED = 'deleting'
const INDEX = 'stages'

/** Which stage an ARN is behind is written before the record names the ARN: an event that is told of it finds its stage. */
export function createStageStore(table: Table): StageStore {
  const arns = createStageArns(table)
  /** The same adoption may come twice: then the ARN is that of the one that won. */
  const giveBack = async ({ stageId, generation: { stageArn } }: Stage): Promise<void> => {
    const item = await table.get(stageKeyOf(stageId))
    const holder = item && fromStageItem(item)
    if (holder?.generation.stageArn === stageArn) await arns.put(stageArn, ofArn(holder))
    else await arns.remove(stageArn)
  }
  return {
    async get(stageId) {
      const item = await table.get(stageKeyOf(stageId))
      return item && fromStageItem(item)
    },

    async create(stage) {
      await arns.put(stage.generation.stageArn, ofArn(stage))
      const expression = new Expression()
      // The SDK repeats a write whose answer was lost; the second attempt meets its own work and must see it as such.
      const condition = `attribute_not_exists(pk) OR uid = ${expression.value('uid', stage.uid)}`
      const { done } = await table.put(stageKeyOf(stage.stageId), toStageItem(stage), condition, expression)
      if (!done) await giveBack(stage)
      return done
    },

    async save(stage, seen) {
      const { stageArn } = stage.generation
      if (stageArn !== seen.generation.stageArn) await arns.put(stageArn, ofArn(stage))
      const { condition, expression } = unchanged(seen)
      return (await table.put(stageKeyOf(stage.stageId), toStageItem(stage), condition, expression)).done
    },

    async remove(seen) {
      const { condition, expression } = unchanged(seen)
      const { done } = await table.remove(stageKeyOf(seen.stageId), condition, expression)
      if (done) await arns.remove(seen.generation.stageArn)
      return done
    },

    list: (page) => list(table, page),

    async beingDeleted(limit) {
      const expression = new Expression()
      const partition = `dir = ${expression.value('dir', BEING_DELETED)}`
      const query = { IndexName: INDEX, KeyConditionExpression: partition, Limit: limit, ...expression.parts }
      return (await table.query(query)).items.flatMap(entryOf).map(({ stageId }) => stageId)
    },

    async getAll(stageIds) {
      if (stageIds.length === 0) return []
      const items = await table.getAll(stageIds.map(stageKeyOf))
      return items.flatMap((item) => (item === undefined ? [] : [fromStageItem(item)]))
    },
  }
}

const ofArn = ({ stageId, uid, generation }: Stage): StageOfArn => ({
  stageId,
  stageUid: uid,
  generation: generation.number,
})

function unchanged(seen: Stage): { condition: string; expression: Expression } {
  const expression = new Expression()
  const condition = `uid = ${expression.value('uid', seen.uid)} AND ver = ${expression.value('seen', seen.version)}`
  return { condition, expression }
}

async function list(table: Table, { prefix, limit, after }: StagePage): ReturnType<StageStore['list']> {
  const expression = new Expression()
  const partition = `dir = ${expression.value('dir', DIRECTORY)}`
  const within = prefix === '' ? '' : ` AND begins_with(stageId, ${expression.value('prefix', prefix)})`
  const { items, more } = await table.query({
    IndexName: INDEX,
    KeyConditionExpression: partition + within,
    Limit: limit,
    ...expression.parts,
    ...(after !== undefined && { ExclusiveStartKey: startAfter(after) }),
  })
  const entries = items.flatMap(entryOf)
  const last = entries.at(-1)
  return { entries, ...(more && last !== undefined && { next: last.stageId }) }
}

const startAfter = (stageId: StageId) => ({
  dir: { S: DIRECTORY },
  stageId: { S: stageId },
  pk: { S: stageKeyOf(stageId).pk },
  sk: { S: stageKeyOf(stageId).sk },
})

function entryOf(item: Item): StageEntry[] {
  const stageId: Result<StageId, unknown> = parseStageId(item.stageId)
  if (!stageId.ok) return []
  return [{ stageId: stageId.value, endpointsAt: numberOf(item.endpointsAt) ?? 0, retired: item.retired === true }]
}

/** The settings lie in one map; beside it only what keys, conditions and the directory need. */
function toStageItem(stage: Stage): Item {
  const { stageId, uid, version, ...settings } = stage
  return {
    dir: stage.deleting ? BEING_DELETED : DIRECTORY,
    stageId,
    uid,
    ver: version,
    name: stage.name,
    access: stage.access,
    endpointsAt: stage.endpoints.at(-1)?.fetchedAt,
    retired: stage.retired.length > 0 ? true : undefined,
    settings: settings as unknown as Item,
  }
}

function fromStageItem(item: Item): Stage {
  const settings = mapOf(item.settings) as unknown as Omit<Stage, 'stageId' | 'uid' | 'version'>
  const identity = { stageId: stringOf(item.stageId), uid: stringOf(item.uid), version: numberOf(item.ver) }
  return { ...settings, ...identity } as Stage
}
