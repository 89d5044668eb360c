import { describe, expect, it } from 'vitest'
import { goneFrom } from '../../../lib/ending/gone.ts'
import type { Stage } from '../../../lib/stage/stage.ts'
import { place } from '../../support/endings.ts'
import { createMemoryStageStore } from '../../support/memory-stage-store.ts'
import { arnOf, aStage } from '../../support/stages.ts'

const { stageId, stageUid: uid, stageArn } = place
const next = { number: 2, stageArn: arnOf('two') }

describe('an IVS stage', () => {
  it.each<[string, Partial<Stage> | undefined, boolean]>([
    ['that its stage is behind is there', {}, false],
    ['that is still to be deleted after a reset is there', { generation: next, retired: [stageArn] }, false],
    ['that was deleted after a reset is gone', { generation: next }, true],
    ['of an earlier life of the stage is gone', { uid: 'another' as Stage['uid'] }, true],
    ['of a stage that was deleted is gone', undefined, true],
  ])('%s', async (_, changes, isGone) => {
    const stages = createMemoryStageStore()
    if (changes !== undefined) {
      await stages.create(aStage({ stageId, uid, generation: { number: 1, stageArn }, ...changes }))
    }
    expect(await goneFrom(stages)(place)).toBe(isGone)
  })
})
