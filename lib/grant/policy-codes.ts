import type { RefusalCode } from '../refusal.ts'

/** What the policy may refuse a request for a token with: any operation that makes one lists these. */
export const POLICY_CODES = [
  'stage_not_found',
  'banned',
  'not_a_member',
  'stage_closed',
  'role_not_allowed',
  'capability_not_allowed',
] as const satisfies readonly RefusalCode[]
