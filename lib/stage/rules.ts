import type { Config } from '../config/config.ts'
import { resolveRoles } from '../grant/built-in-roles.ts'
import type { StageRules } from '../grant/grant.ts'
import type { Stage } from './stage.ts'

/** What policy needs to know of a stage: its settings over its deployment's. */
export function rulesOf(stage: Stage, config: Pick<Config, 'roles' | 'durations'>): StageRules {
  return {
    stageId: stage.stageId,
    access: stage.access,
    defaultRole: stage.defaultRole,
    roles: resolveRoles(config.roles, stage.roles),
    maxDuration: Math.min(stage.maxDuration ?? config.durations.max, config.durations.max),
    ...(stage.endsAt === undefined ? {} : { endsAt: stage.endsAt }),
    boundByLogin: config.durations.boundByLogin,
  }
}
