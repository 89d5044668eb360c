import { joinOperation } from '../join/join.contract.ts'
import { JoinRequest } from '../join/join.schema.ts'
import { leaveOperation } from '../leave/leave.contract.ts'
import { ApiDocument, Health, healthOperation, openApiOperation } from '../meta/meta.contract.ts'
import { ExplainRequest, Explanation } from '../moderation/explanation.schema.ts'
import {
  assignRoleOperation,
  banOperation,
  explainClaimsOperation,
  explainUserOperation,
  kickOperation,
  listAuditOperation,
  listBansOperation,
  listMembersOperation,
  removeRoleOperation,
  unbanOperation,
} from '../moderation/moderation.contract.ts'
import {
  AuditList,
  BanAnswer,
  BanList,
  BanRequest,
  KickRequest,
  Member,
  MemberList,
  MemberRequest,
  PutOutAnswer,
} from '../moderation/moderation.schema.ts'
import { refreshOperation } from '../refresh/refresh.contract.ts'
import { RefreshRequest } from '../refresh/refresh.schema.ts'
import { listSessionEventsOperation, listSessionsOperation, readRosterOperation } from '../roster/roster.contract.ts'
import {
  AudienceAnswer,
  RosterAnswer,
  RosterOrAudience,
  SessionEventList,
  SessionList,
} from '../roster/roster-answer.schema.ts'
import { readStageOperation } from '../stage/stage.contract.ts'
import { StageAnswer } from '../stage/stage-answer.schema.ts'
import { StageList, StageSettings } from '../stages/stage-settings.schema.ts'
import {
  createStageOperation,
  deleteStageOperation,
  listStagesOperation,
  patchStageOperation,
  resetStageOperation,
} from '../stages/stages.contract.ts'
import { CreateStageRequest, PatchStageRequest } from '../stages/stages.schema.ts'
import { TokenAnswer } from '../token/token-answer.schema.ts'
import { EXAMPLES } from './examples.ts'
import type { Operation } from './operation.ts'
import { ProblemBody } from './problem.schema.ts'

/**
 * The whole API, for its OpenAPI document and for checks that look at all of it. Functions import their own operation
 * instead, so that none carries another's.
 */
export const OPERATIONS: readonly Operation[] = [
  healthOperation,
  openApiOperation,
  joinOperation,
  refreshOperation,
  leaveOperation,
  readStageOperation,
  readRosterOperation,
  listSessionsOperation,
  listSessionEventsOperation,
  listMembersOperation,
  assignRoleOperation,
  removeRoleOperation,
  kickOperation,
  listBansOperation,
  banOperation,
  unbanOperation,
  explainUserOperation,
  explainClaimsOperation,
  listAuditOperation,
  createStageOperation,
  listStagesOperation,
  patchStageOperation,
  deleteStageOperation,
  resetStageOperation,
]

/** The schemas that have a name in the OpenAPI document. */
export const COMPONENTS = {
  Health: { schema: Health, example: EXAMPLES.Health },
  ApiDocument: { schema: ApiDocument, example: EXAMPLES.ApiDocument },
  JoinRequest: { schema: JoinRequest, example: EXAMPLES.JoinRequest },
  RefreshRequest: { schema: RefreshRequest, example: EXAMPLES.RefreshRequest },
  TokenAnswer: { schema: TokenAnswer, example: EXAMPLES.TokenAnswer },
  RosterAnswer: { schema: RosterAnswer, example: EXAMPLES.RosterAnswer },
  AudienceAnswer: { schema: AudienceAnswer, example: EXAMPLES.AudienceAnswer },
  RosterOrAudience: { schema: RosterOrAudience, example: EXAMPLES.RosterAnswer },
  SessionList: { schema: SessionList, example: EXAMPLES.SessionList },
  SessionEventList: { schema: SessionEventList, example: EXAMPLES.SessionEventList },
  StageAnswer: { schema: StageAnswer, example: EXAMPLES.StageAnswer },
  MemberRequest: { schema: MemberRequest, example: EXAMPLES.MemberRequest },
  Member: { schema: Member, example: EXAMPLES.Member },
  MemberList: { schema: MemberList, example: EXAMPLES.MemberList },
  KickRequest: { schema: KickRequest, example: EXAMPLES.KickRequest },
  PutOutAnswer: { schema: PutOutAnswer, example: EXAMPLES.PutOutAnswer },
  BanRequest: { schema: BanRequest, example: EXAMPLES.BanRequest },
  BanAnswer: { schema: BanAnswer, example: EXAMPLES.BanAnswer },
  BanList: { schema: BanList, example: EXAMPLES.BanList },
  ExplainRequest: { schema: ExplainRequest, example: EXAMPLES.ExplainRequest },
  Explanation: { schema: Explanation, example: EXAMPLES.Explanation },
  AuditList: { schema: AuditList, example: EXAMPLES.AuditList },
  CreateStageRequest: { schema: CreateStageRequest, example: EXAMPLES.CreateStageRequest },
  PatchStageRequest: { schema: PatchStageRequest, example: EXAMPLES.PatchStageRequest },
  StageSettings: { schema: StageSettings, example: EXAMPLES.StageSettings },
  Problem: { schema: ProblemBody, example: EXAMPLES.Problem },
  StageList: { schema: StageList, example: EXAMPLES.StageList },
}
