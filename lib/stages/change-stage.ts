import { etagOf, ifMatchHolds } from '../http/etag.ts'
import type { StageId } from '../ids.ts'
import type { Caller } from '../login/caller.ts'
import type { Refusal } from '../refusal.ts'
import { ok, type Result, refuse } from '../result.ts'
import type { Stage } from '../stage/stage.ts'
import type { EpochMs } from '../time.ts'
import { finishDeletion, saved } from './finish-stage.ts'
import { ownTags } from './own-tags.ts'
import { renewStage } from './renew-stage.ts'
import { DEFAULTS, type Settings, sessionPolicyOf, settingsProblems } from './settings.ts'
import type { PatchStageRequest } from './stages.schema.ts'
import { asAdmin, type StagesDeps } from './stages-deps.ts'

/** Which stage an admin acts on, and what they last saw of it. */
export interface StageTarget {
  readonly caller: Caller
  readonly stageId: StageId
  readonly ifMatch?: string
  readonly now: EpochMs
}

export const stageTag = (stage: Stage): string => etagOf(stage.uid, stage.version)

const ATTEMPTS = 3

/** A JSON merge patch (RFC 7396) on the settings: what is left out stays, `null` puts the default back. */
export async function patchStage(
  deps: StagesDeps,
  target: StageTarget,
  patch: PatchStageRequest,
): Promise<Result<Stage, Refusal>> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const found = await stageFor(deps, target)
    if (!found.ok) return found
    const seen = found.value
    const settings = merged(seen, patch)
    const problems = settingsProblems(settings, deps.config)
    if (problems.length > 0) return refuse({ code: 'invalid_request', errors: problems })
    const next = changed(seen, settings, target.now)
    await retag(deps, seen, next)
    if (await saved(deps, next, seen)) return ok(next)
  }
  return refuse({ code: 'conflict' })
}

/** Everyone out, and every token made so far dead. */
export async function resetStage(deps: StagesDeps, target: StageTarget): Promise<Result<Stage, Refusal>> {
  const found = await stageFor(deps, target)
  if (!found.ok) return found
  const renewed = await renewStage(deps, found.value, target.now)
  return renewed === undefined ? refuse({ code: 'conflict' }) : ok(renewed)
}

/**
 * Everyone out, IVS stage and record gone. Says it is under way first, so that one that was cut off is finished by the next,
 * or by `reconcile`.
 */
export async function deleteStage(deps: StagesDeps, target: StageTarget): Promise<Result<true, Refusal>> {
  const allowed = asAdmin(target.caller, target.stageId)
  // What does not exist, or not for this caller, is as deleted as it can be.
  if (!allowed.ok) return allowed.refusal.code === 'stage_not_found' ? ok(true) : allowed
  const seen = await deps.stages.get(target.stageId)
  if (seen === undefined) return ok(true)
  // One that was cut off has moved the version, and nobody can be shown which it is now.
  if (!seen.deleting && !ifMatchHolds(target.ifMatch, stageTag(seen))) return refuse({ code: 'precondition_failed' })
  const updatedAt = seen.deleting ? seen.updatedAt : target.now
  const marked: Stage = { ...seen, deleting: true, updatedAt, version: seen.version + 1 }
  if (!(await saved(deps, marked, seen))) return refuse({ code: 'conflict' })
  if (await finishDeletion(deps, marked)) return ok(true)
  const left = await deps.stages.get(target.stageId)
  return left?.uid === seen.uid ? refuse({ code: 'conflict' }) : ok(true)
}

async function stageFor(deps: StagesDeps, target: StageTarget): Promise<Result<Stage, Refusal>> {
  const allowed = asAdmin(target.caller, target.stageId)
  if (!allowed.ok) return allowed
  const stage = await deps.stages.get(target.stageId)
  if (stage === undefined || stage.deleting) return refuse({ code: 'stage_not_found' })
  return ifMatchHolds(target.ifMatch, stageTag(stage)) ? ok(stage) : refuse({ code: 'precondition_failed' })
}

function merged(seen: Stage, patch: PatchStageRequest): Settings {
  const { roles, tags, sessionPolicy, name, maxDuration, endsAt, idleMinutes, strict, ...rest } = patch
  const settings = { ...seen, ...withDefaults(rest) }
  const optional = { name, maxDuration, endsAt, idleMinutes, strict }
  for (const [field, value] of Object.entries(optional)) {
    if (value === null) delete (settings as Record<string, unknown>)[field]
    else if (value !== undefined) Object.assign(settings, { [field]: value })
  }
  return {
    ...settings,
    ...(sessionPolicy !== undefined && {
      sessionPolicy: sessionPolicy === null ? DEFAULTS.sessionPolicy : sessionPolicyOf(sessionPolicy),
    }),
    ...(roles !== undefined && { roles: mergePatch(seen.roles, roles) as Settings['roles'] }),
    ...(tags !== undefined && { tags: mergePatch(seen.tags, tags) as Settings['tags'] }),
  }
}

type Defaulted = Pick<PatchStageRequest, 'access' | 'defaultRole' | 'seats' | 'reservedSeats'>

function withDefaults(patch: Defaulted): Partial<Settings> {
  const named = Object.entries(patch).filter(([, value]) => value !== undefined)
  return Object.fromEntries(named.map(([field, value]) => [field, value ?? DEFAULTS[field as keyof Defaulted]]))
}

type Tree = Readonly<Record<string, unknown>>
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value)

/** RFC 7396, on plain objects that our schema has already checked. */
function mergePatch(base: Tree, patch: Tree | null): Tree {
  if (patch === null) return {}
  const next: Record<string, unknown> = { ...base }
  for (const [field, value] of Object.entries(patch)) {
    if (value === null) delete next[field]
    else next[field] = isTree(value) ? mergePatch(isTree(next[field]) ? next[field] : {}, value) : value
  }
  return next
}

/** What a patch removed is not there any more, so none of the optional settings is taken over from before. */
function changed(seen: Stage, settings: Settings, now: EpochMs): Stage {
  const { name: _, maxDuration: __, endsAt: ___, idleMinutes: ____, strict: _____, ...rest } = seen
  return { ...rest, ...settings, updatedAt: now, version: seen.version + 1 }
}

async function retag(deps: StagesDeps, seen: Stage, next: Stage): Promise<void> {
  const { stageArn } = seen.generation
  const gone = Object.keys(seen.tags).filter((name) => !Object.hasOwn(next.tags, name))
  const set = Object.entries(next.tags).filter(([name, value]) => seen.tags[name] !== value)
  await deps.ivs.untag(stageArn, gone)
  await deps.ivs.tag(
    stageArn,
    set.length === 0 ? {} : { ...Object.fromEntries(set), ...ownTags(deps.deployment, seen.stageId, seen.uid) },
  )
}
