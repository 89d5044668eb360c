import { mayActOn } from '../grant/acting.ts'
import type { HistoryStore } from '../history/history-store.ts'
import { encodeCursor } from '../http/cursor.ts'
import { etagOf, isNotModified } from '../http/etag.ts'
import { implement } from '../http/operation.ts'
import { pageOf } from '../http/page.ts'
import type { Routes } from '../http/route.ts'
import type { StageId } from '../ids.ts'
import type { Caller } from '../login/caller.ts'
import type { Refusal } from '../refusal.ts'
import { ok, type Result, refuse } from '../result.ts'
import { seatsKeyOf } from '../seat/seat-wish.ts'
import { type LookingDeps, lookAt } from '../stage/looking.ts'
import type { Stage } from '../stage/stage.ts'
import type { StageReader } from '../stage/stage-cache.ts'
import { visibleStage } from '../stage/visible-stage.ts'
import type { PresentStore } from '../sweep/present-store.ts'
import { isoOfMs, msOfMicros } from '../time.ts'
import { AudiencePosition, SessionEventPosition, SessionPosition } from './positions.ts'
import { rosterAnswer } from './read-roster.ts'
import { listSessionEventsOperation, listSessionsOperation, readRosterOperation } from './roster.contract.ts'
import { emptyRoster } from './roster.ts'
import type { RosterStore } from './roster-store.ts'

export interface RosterDeps extends LookingDeps {
  readonly rosters: RosterStore
  readonly present: Pick<PresentStore, 'page'>
  readonly history: HistoryStore
}

export function rosterRoutes(deps: RosterDeps): Routes {
  return {
    ...implement(readRosterOperation, async ({ path, query, headers, caller, now, log }) => {
      const looked = await lookAt(deps, { stageId: path.stageId, caller, now, log })
      if (!looked.ok) return looked
      const { stage, right } = looked.value
      if (query.audience === 'all') {
        const allowed = mayActOn({ caller, right, banned: false }, Number.NEGATIVE_INFINITY)
        return allowed.ok ? audience(deps, stage, query) : allowed
      }
      const roster =
        (await deps.rosters.load(seatsKeyOf(stage))) ?? emptyRoster(stage.createdAt, stage.generation.number)
      const etag = etagOf(stage.uid, stage.generation.number, roster.version)
      const notModified = isNotModified(headers['if-none-match'], etag)
      if (notModified) return ok({ status: 304, headers: { ETag: etag } })
      return ok({ status: 200, body: rosterAnswer(roster), headers: { ETag: etag } })
    }),

    ...implement(listSessionsOperation, async ({ path, query, caller }) => {
      const found = await asAdminOf(deps.stages, caller, path.stageId)
      const page = pageOf(query, SessionPosition)
      if (!found.ok) return found
      if (!page.ok) return page
      const { items, next } = await deps.history.sessions(found.value.uid, page.value)
      const shown = items.map(({ sessionId, startedAt, endedAt }) => ({
        sessionId,
        startedAt: isoOfMs(msOfMicros(startedAt)),
        ...(endedAt !== undefined && { endedAt: isoOfMs(msOfMicros(endedAt)) }),
      }))
      return ok({ status: 200, body: { items: shown, ...cursorOf(next) } })
    }),

    ...implement(listSessionEventsOperation, async ({ path, query, caller }) => {
      const found = await asAdminOf(deps.stages, caller, path.stageId)
      const page = pageOf(query, SessionEventPosition)
      if (!found.ok) return found
      if (!page.ok) return page
      const { items, next } = await deps.history.entries(found.value.uid, path.sessionId, page.value)
      const shown = items.map(({ at, ...entry }) => ({ at: isoOfMs(msOfMicros(at)), ...entry }))
      return ok({ status: 200, body: { items: shown, ...cursorOf(next) } })
    }),
  }
}

/** Everyone connected at the last sweep, as IVS named them. A page of the sweep is what one call found, and may be shown in parts. */
async function audience(deps: RosterDeps, stage: Stage, query: Readonly<Record<string, string>>) {
  const page = pageOf(query, AudiencePosition)
  if (!page.ok) return page
  const { limit, after = { page: 0, shown: 0 } } = page.value
  const found = await deps.present.page(seatsKeyOf(stage), after.page)
  const people = found?.people ?? []
  const shown = after.shown + limit
  const items = people.slice(after.shown, shown).map(({ participantId, userId }) => ({
    participantId,
    ...(userId !== undefined && { userId }),
    managed: userId !== undefined,
  }))
  const inNext = found?.next === undefined ? undefined : { page: found.next, shown: 0 }
  const next = shown < people.length ? { page: after.page, shown } : inNext
  const asOf = isoOfMs(found?.at ?? stage.createdAt)
  return ok({ status: 200 as const, body: { items, asOf, ...cursorOf(next) } })
}

const cursorOf = (next: string | AudiencePosition | undefined) =>
  next === undefined ? {} : { nextCursor: encodeCursor(next) }

/** The stage as it is now: one made again under the same name has a history of its own. */
async function asAdminOf(stages: StageReader, caller: Caller, stageId: StageId): Promise<Result<Stage, Refusal>> {
  if (!caller.isAdmin) return refuse({ code: 'not_an_admin' })
  return visibleStage({ get: stages.getFresh }, caller, stageId)
}
