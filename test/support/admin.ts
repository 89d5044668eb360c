import type { DomainEvent } from '../../lib/domain-event/domain-event.ts'
import { builtInRoles } from '../../lib/grant/built-in-roles.ts'
import { deleteStage, patchStage, resetStage, stageTag } from '../../lib/stages/change-stage.ts'
import { createStage } from '../../lib/stages/create-stage.ts'
import { listStages } from '../../lib/stages/list-stages.ts'
import type { CreateStageRequest, PatchStageRequest } from '../../lib/stages/stages.schema.ts'
import type { StagesDeps } from '../../lib/stages/stages-deps.ts'
import { anAdmin } from './callers.ts'
import { memoryIvs } from './ivs-stages.ts'
import { T0 } from './participants.ts'
import { stageId } from './stages.ts'
import { memoryStores, type Stores } from './use-case.ts'

/** What an admin can do, over stores and an IVS of the test's own. */
export function anOffice(stores: Stores = memoryStores(), ivs = memoryIvs()) {
  const outside = { now: T0 }
  const told: DomainEvent[] = []
  const trouble: { events?: Error } = {}
  const deps: StagesDeps = {
    ...{ stages: stores.stages, seats: stores.seats, ivs },
    events: {
      publish: async (some) => {
        if (trouble.events !== undefined) throw trouble.events
        told.push(...some)
      },
    },
    config: {
      roles: builtInRoles({ default: 180, max: 720 }),
      durations: { default: 180, max: 720, boundByLogin: false },
      issuers: [],
    },
    deployment: 'stagedoor-test',
    newName: () => `n${crypto.randomUUID().replaceAll('-', '')}`,
  }
  const id = stageId(`hall-${crypto.randomUUID().slice(0, 8)}`)
  const target = (more: object) => ({ caller: anAdmin(), stageId: id, now: outside.now, ...more })
  return {
    ...{ deps, ivs, stores, id, outside, told, trouble, stageTag },
    stored: () => stores.stages.get(id),
    create: (request: Partial<CreateStageRequest> = {}, caller = anAdmin()) =>
      createStage(deps, caller, { stageId: id, ...request }, outside.now),
    patch: (patch: PatchStageRequest, more: object = {}) => patchStage(deps, target(more), patch),
    reset: (more: object = {}) => resetStage(deps, target(more)),
    remove: (more: object = {}) => deleteStage(deps, target(more)),
    list: (page: Partial<Parameters<typeof listStages>[2]> = {}, caller = anAdmin()) =>
      listStages(deps, caller, { limit: 100, ...page }),
  }
}
