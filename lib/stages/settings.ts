import type { Config } from '../config/config.ts'
import { missingParts, resolveRoles } from '../grant/built-in-roles.ts'
import { roleNamed } from '../grant/right.ts'
import { MODERATOR_RANK } from '../grant/role.ts'
import type { FieldError } from '../refusal.ts'
import type { Access, SessionPolicy, Stage } from '../stage/stage.ts'
import { isoOfMs, isoOfSeconds } from '../time.ts'
import type { StageSettings } from './stage-settings.schema.ts'
import { MAX_TAGS } from './stage-tags.schema.ts'
import { MAX_ROLES, MAX_SEATS } from './stages.schema.ts'

/** What an admin decides about a stage. */
export type Settings = Pick<
  Stage,
  | 'access'
  | 'defaultRole'
  | 'roles'
  | 'seats'
  | 'reservedSeats'
  | 'sessionPolicy'
  | 'tags'
  | 'name'
  | 'maxDuration'
  | 'endsAt'
  | 'idleMinutes'
  | 'strict'
>

const MAX_SESSIONS: Readonly<Record<SessionPolicy['mode'], number>> = { allow: 3, replace: 1, reject: 1 }

export const DEFAULTS: Settings = {
  access: 'members',
  defaultRole: 'viewer',
  roles: {},
  seats: MAX_SEATS,
  reservedSeats: 0,
  sessionPolicy: { mode: 'allow', max: MAX_SESSIONS.allow },
  tags: {},
}

/** `replace` keeps one whatever `max` says; the others have the usual number where it is not said. */
export const sessionPolicyOf = (policy: {
  readonly mode: SessionPolicy['mode']
  readonly max?: number
}): SessionPolicy =>
  policy.mode === 'replace'
    ? { mode: 'replace', max: 1 }
    : { mode: policy.mode, max: policy.max ?? MAX_SESSIONS[policy.mode] }

/** What is wrong with settings that only the whole of them shows. */
export function settingsProblems(settings: Settings, config: Pick<Config, 'roles'>): readonly FieldError[] {
  const problems: FieldError[] = []
  // Each patch is small by itself; what many of them add up to is bounded here.
  const bounded = [
    ['roles', settings.roles, MAX_ROLES],
    ['tags', settings.tags, MAX_TAGS],
  ] as const
  for (const [field, map, max] of bounded) {
    if (Object.keys(map).length <= max) continue
    problems.push({ pointer: `/${field}`, code: 'too_big', detail: `Must be at most ${max} in all.` })
  }
  for (const [name, override] of Object.entries(settings.roles)) {
    if (roleNamed(config.roles, name) !== undefined) continue
    for (const part of missingParts(override)) {
      problems.push({ pointer: `/roles/${name}/${part}`, code: 'required', detail: 'A new role must say this.' })
    }
  }
  const role = roleNamed(resolveRoles(config.roles, settings.roles), settings.defaultRole)
  if (role === undefined) {
    problems.push({ pointer: '/defaultRole', code: 'unknown_role', detail: 'There is no such role on this stage.' })
  } else if (role.rank >= MODERATOR_RANK) {
    problems.push({ pointer: '/defaultRole', code: 'rank_too_high', detail: 'A default role may not moderate.' })
  }
  if (settings.reservedSeats > settings.seats) {
    problems.push({ pointer: '/reservedSeats', code: 'too_big', detail: 'Must not be more than seats.' })
  }
  return problems
}

/** A stage as its admins are shown it. */
export function settingsAnswer(stage: Stage): StageSettings {
  return {
    stageId: stage.stageId,
    stageArn: stage.generation.stageArn,
    ...(stage.name !== undefined && { name: stage.name }),
    access: stage.access satisfies Access,
    defaultRole: stage.defaultRole,
    roles: structuredClone(stage.roles) as StageSettings['roles'],
    seats: stage.seats,
    reservedSeats: stage.reservedSeats,
    sessionPolicy: { ...stage.sessionPolicy },
    ...(stage.maxDuration !== undefined && { maxDuration: stage.maxDuration }),
    ...(stage.endsAt !== undefined && { endsAt: isoOfSeconds(stage.endsAt) }),
    ...(stage.idleMinutes !== undefined && { idleMinutes: stage.idleMinutes }),
    ...(stage.strict !== undefined && { strict: stage.strict }),
    tags: { ...stage.tags },
    adopted: stage.adopted,
    createdAt: isoOfMs(stage.createdAt),
    updatedAt: isoOfMs(stage.updatedAt),
  }
}
