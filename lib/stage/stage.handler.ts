import { createHash } from 'node:crypto'
import { etagOf, isNotModified } from '../http/etag.ts'
import { implement } from '../http/operation.ts'
import type { Routes } from '../http/route.ts'
import { ok } from '../result.ts'
import { type ReadStageDeps, readStage } from './read-stage.ts'
import { readStageOperation } from './stage.contract.ts'
import type { StageAnswer } from './stage-answer.schema.ts'

export function stageRoutes(deps: ReadStageDeps): Routes {
  return implement(readStageOperation, async ({ path, headers, caller, now, log }) => {
    const read = await readStage(deps, { stageId: path.stageId, caller, now, log })
    if (!read.ok) return read
    const etag = tagOf(read.value)
    if (isNotModified(headers['if-none-match'], etag)) return ok({ status: 304, headers: { ETag: etag } })
    return ok({ status: 200, body: read.value, headers: { ETag: etag } })
  })
}

/** Of what the caller is shown, which is more than the record: who asks is part of the answer. */
const tagOf = (answer: StageAnswer): string =>
  etagOf(createHash('sha256').update(JSON.stringify(answer)).digest('base64url').slice(0, 22))
