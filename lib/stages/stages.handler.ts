import * as z from 'zod/mini'
import { encodeCursor } from '../http/cursor.ts'
import { implement } from '../http/operation.ts'
import { pageOf } from '../http/page.ts'
import type { Answer, Routes } from '../http/route.ts'
import { STAGE_ID, type StageId } from '../ids.ts'
import type { Caller } from '../login/caller.ts'
import { ok, type Result } from '../result.ts'
import type { Stage } from '../stage/stage.ts'
import { deleteStage, patchStage, resetStage, stageTag } from './change-stage.ts'
import { createStage } from './create-stage.ts'
import { listStages } from './list-stages.ts'
import { settingsAnswer } from './settings.ts'
import {
  createStageOperation,
  deleteStageOperation,
  listStagesOperation,
  patchStageOperation,
  resetStageOperation,
} from './stages.contract.ts'
import type { StagesDeps } from './stages-deps.ts'

const Position = z.pipe(
  z.string().check(z.regex(STAGE_ID)),
  z.transform((id): StageId => id as StageId),
)

export function stagesRoutes(deps: StagesDeps): Routes {
  return {
    ...implement(createStageOperation, async ({ caller, body, now, log }) => {
      const created = await createStage(deps, caller, body, now)
      if (!created.ok) return created
      const { stageId } = created.value
      log.note({ stageId })
      return ok(shown(created.value, 201, { Location: `/v1/stages/${stageId}` }))
    }),

    ...implement(listStagesOperation, ({ caller, query }) => page(deps, caller, query)),

    ...implement(patchStageOperation, async (call) => {
      const patched = await patchStage(deps, targetOf(call), call.body)
      return patched.ok ? ok(shown(patched.value, 200)) : patched
    }),

    ...implement(resetStageOperation, async (call) => {
      const reset = await resetStage(deps, targetOf(call))
      return reset.ok ? ok(shown(reset.value, 200)) : reset
    }),

    ...implement(deleteStageOperation, async (call) => {
      const deleted = await deleteStage(deps, targetOf(call))
      return deleted.ok ? ok({ status: 204 }) : deleted
    }),
  }
}

async function page(
  deps: StagesDeps,
  caller: Caller,
  query: Readonly<Record<string, string>>,
): Promise<Result<Answer, { readonly code: 'not_an_admin' | 'invalid_cursor' }>> {
  const asked = pageOf(query, Position)
  if (!asked.ok) return { ok: false, refusal: { code: 'invalid_cursor' } }
  const listed = await listStages(deps, caller, asked.value)
  if (!listed.ok) return listed
  const { stages, next } = listed.value
  const items = stages.map(settingsAnswer)
  return ok({ status: 200, body: { items, ...(next !== undefined && { nextCursor: encodeCursor(next) }) } })
}

function targetOf(call: {
  readonly path: { readonly stageId: StageId }
  readonly caller: Caller
  readonly headers: Readonly<Record<string, string>>
  readonly now: number
}) {
  const { path, caller, headers, now } = call
  const ifMatch = headers['if-match']
  return { stageId: path.stageId, caller, now, ...(ifMatch !== undefined && { ifMatch }) }
}

const shown = (stage: Stage, status: 200 | 201, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status,
  body: settingsAnswer(stage),
  headers: { ETag: stageTag(stage), ...headers },
})
