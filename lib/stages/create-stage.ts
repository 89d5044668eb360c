import { parseStageId, type StageId } from '../ids.ts'
import type { IvsStage } from '../ivs/ivs-stages.ts'
import type { Caller } from '../login/caller.ts'
import type { FieldError, Refusal } from '../refusal.ts'
import { ok, type Result, refuse } from '../result.ts'
import type { Stage } from '../stage/stage.ts'
import type { EpochMs } from '../time.ts'
import { createdTag, DEPLOYMENT_TAG, ownTags, STAGE_ID_TAG, STAGE_UID_TAG, tagsOf } from './own-tags.ts'
import { recordOrUndo } from './record-or-undo.ts'
import { DEFAULTS, type Settings, sessionPolicyOf, settingsProblems } from './settings.ts'
import type { CreateStageRequest } from './stages.schema.ts'
import { asAdmin, newUid, type StagesDeps } from './stages-deps.ts'

/**
 * Creates the IVS stage, or adopts one, and then the record. Where the record cannot be written an IVS stage we made is
 * deleted again; a crash between the two leaves one that its tags tell about.
 */
export async function createStage(
  deps: StagesDeps,
  caller: Caller,
  request: CreateStageRequest,
  now: EpochMs,
): Promise<Result<Stage, Refusal>> {
  const stageId = request.stageId ?? (`${caller.stageIdPrefix}${deps.newName()}`.slice(0, 64) as StageId)
  const allowed = asAdmin(caller, stageId)
  if (!allowed.ok) return allowed
  const settings = settingsOf(request)
  const problems = settingsProblems(settings, deps.config)
  if (problems.length > 0) return refuse({ code: 'invalid_request', errors: problems })
  // Asked first, so that the usual mistake makes no IVS stage; the write below is what decides.
  if ((await deps.stages.get(stageId)) !== undefined) return refuse({ code: 'stage_exists' })

  const uid = newUid(deps)
  const tags = { ...settings.tags, ...ownTags(deps.deployment, stageId, uid) }
  const behind = await stageBehind(deps, request, stageId, tags, now)
  if (!behind.ok) return behind
  const stage = newStage(stageId, uid, settings, behind.value, request.stageArn !== undefined, now)
  // The seats come first: a stage that can be joined can also be published on.
  const write = async (): Promise<boolean> => {
    await deps.seats.open({ stageUid: uid, generation: 1 })
    return deps.stages.create(stage)
  }
  const written = await recordOrUndo(deps.stages, stage, write, () => undo(deps, stage, behind.value))
  return written ? ok(stage) : refuse({ code: 'stage_exists' })
}

function settingsOf({ stageId: _, stageArn: __, sessionPolicy, ...request }: CreateStageRequest): Settings {
  return {
    ...DEFAULTS,
    ...request,
    ...(sessionPolicy !== undefined && { sessionPolicy: sessionPolicyOf(sessionPolicy) }),
  }
}

async function stageBehind(
  deps: StagesDeps,
  request: CreateStageRequest,
  stageId: StageId,
  tags: Readonly<Record<string, string>>,
  now: EpochMs,
): Promise<Result<IvsStage, Refusal>> {
  if (request.stageArn === undefined) return ok(await deps.ivs.create(stageId, { ...tags, ...createdTag(now) }))
  const existing = await deps.ivs.get(request.stageArn)
  if (existing === undefined) return refuse({ code: 'invalid_request', errors: [noSuchStage] })
  // One IVS stage behind two of ours would be two policies about one room.
  if (await isTaken(deps, existing.tags)) return refuse({ code: 'conflict' })
  await deps.ivs.tag(existing.stageArn, tags)
  return ok(existing)
}

/** Tagged as ours, and not only by an adoption that was cut off before its record was written. */
async function isTaken(deps: StagesDeps, tags: IvsStage['tags']): Promise<boolean> {
  const uid = tags[STAGE_UID_TAG]
  if (uid === undefined) return false
  const stageId = parseStageId(tags[STAGE_ID_TAG])
  if (tags[DEPLOYMENT_TAG] !== deps.deployment || !stageId.ok) return true
  return (await deps.stages.get(stageId.value))?.uid === uid
}

const noSuchStage: FieldError = {
  pointer: '/stageArn',
  code: 'not_found',
  detail: 'IVS knows no such stage that this deployment may use.',
}

function newStage(
  stageId: StageId,
  uid: Stage['uid'],
  settings: Settings,
  behind: IvsStage,
  adopted: boolean,
  now: EpochMs,
): Stage {
  return {
    ...settings,
    stageId,
    uid,
    generation: { number: 1, stageArn: behind.stageArn },
    endpoints: [{ ...behind.endpoints, version: 1, fetchedAt: now }],
    adopted,
    retired: [],
    deleting: false,
    createdAt: now,
    updatedAt: now,
    version: 1,
  }
}

/** What the IVS stage was before: gone where we made it, with its own tags where we adopted it. */
async function undo(deps: StagesDeps, stage: Stage, behind: IvsStage): Promise<void> {
  const { stageArn, tags } = behind
  if (!stage.adopted) return deps.ivs.remove(stageArn)
  const holder = await deps.stages.get(stage.stageId)
  // The same request came twice and the other one got through: the stage is that one's now.
  if (holder?.generation.stageArn === stageArn) return deps.ivs.tag(stageArn, tagsOf(deps.deployment, holder))
  const ours = Object.keys(tagsOf(deps.deployment, stage))
  await deps.ivs.untag(
    stageArn,
    ours.filter((name) => !Object.hasOwn(tags, name)),
  )
  await deps.ivs.tag(stageArn, Object.fromEntries(Object.entries(tags).filter(([name]) => ours.includes(name))))
}
