import { builtInRoles } from '../../lib/grant/built-in-roles.ts'
import type { StageRules } from '../../lib/grant/grant.ts'
import type { StageId, StageUid } from '../../lib/ids.ts'
import type { Stage } from '../../lib/stage/stage.ts'
import { T0 } from './participants.ts'

export const stageId = (id: string): StageId => id as StageId
export const arnOf = (name: string): string => `arn:aws:ivs:eu-west-1:111122223333:stage/${name}`

export const endpointsAt = (version: number, fetchedAt = T0): Stage['endpoints'][0] => ({
  events: `wss://v${version}.events.example`,
  whip: `https://v${version}.whip.example`,
  version,
  fetchedAt,
})

/** An open stage of twelve seats, with a name and a uid that no other has, changed as the test says. */
export function aStage(changes: Partial<Stage> = {}): Stage {
  return {
    stageId: stageId(`demo-${crypto.randomUUID().slice(0, 8)}`),
    uid: crypto.randomUUID() as StageUid,
    generation: { number: 1, stageArn: arnOf('one') },
    endpoints: [endpointsAt(1)],
    access: 'open',
    defaultRole: 'viewer',
    roles: {},
    seats: 12,
    reservedSeats: 0,
    sessionPolicy: { mode: 'allow', max: 3 },
    tags: {},
    adopted: false,
    retired: [],
    deleting: false,
    createdAt: T0,
    updatedAt: T0,
    version: 1,
    ...changes,
  }
}

export const ROLES = builtInRoles({ default: 180, max: 720 })

/** What policy sees of an open stage with the built-in roles. */
export function rules(changes: Partial<StageRules> = {}): StageRules {
  return {
    stageId: 'demo',
    access: 'open',
    defaultRole: 'viewer',
    roles: ROLES,
    maxDuration: 720,
    boundByLogin: false,
    ...changes,
  }
}
