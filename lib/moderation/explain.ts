import type { UserId } from '../ids.ts'
import type { Caller } from '../login/caller.ts'
import { isForUs } from '../login/claims.ts'
import { judgeClaims } from '../login/judge-claims.ts'
import type { LoginRefusal } from '../login/login-refusal.ts'
import type { Claims } from '../login/unverified-login.ts'
import { lastShown, recordedCaller } from '../participant/recorded-right.ts'
import type { Refusal } from '../refusal.ts'
import { ok, type Result, refuse } from '../result.ts'
import { type EpochMs, isoOfMs, secondsOf } from '../time.ts'
import type { Explanation } from './explanation.schema.ts'
import { ageOf, explanation, refusedAtLogin } from './explanation.ts'
import { type ModerationCall, type ModerationDeps, moderating } from './moderating.ts'

/**
 * What the policy would answer this user now, and from what. Of their login only what was recorded when they last were
 * given a token, or acted on somebody, is known; how old that is, is part of the answer.
 */
export async function explainUser(
  deps: ModerationDeps,
  call: ModerationCall,
  userId: UserId,
): Promise<Result<Explanation, Refusal>> {
  const opened = await moderating(deps, call)
  if (!opened.ok) return opened
  const { stage, rules, now } = opened.value
  const record = await deps.participants.load({ stageUid: stage.uid, userId })
  const caller = recordedCaller(rules, userId, record)
  const last = lastShown(record)
  if (last === undefined) return ok(explanation(opened.value, { caller, record }))
  const login = last.right?.login
  const recorded = { recordedAt: isoOfMs(last.at), ageSeconds: ageOf(last.at, now) }
  const source = login === undefined ? {} : { recordedSource: login.source }
  return ok(explanation(opened.value, { caller, record, login: { ...login, ...recorded }, ...source }))
}

/**
 * What the policy would answer a login with these claims. Whoever asks is an admin; the claims are taken through the
 * issuers' entries as a login's would be, but nobody signed them.
 */
export async function explainClaims(
  deps: ModerationDeps,
  call: ModerationCall,
  claims: Claims,
): Promise<Result<Explanation, Refusal>> {
  if (!call.caller.isAdmin) return refuse({ code: 'not_an_admin' })
  const opened = await moderating(deps, call)
  if (!opened.ok) return opened
  const { stage, now } = opened.value
  const judged = judgedBy(deps.config.issuers, claims, now)
  if (!judged.ok) return ok(refusedAtLogin(opened.value, 'login', judged.refusal.code))
  const caller = judged.value
  const { issuer, isAdmin: admin, userId } = caller
  if (!stage.stageId.startsWith(caller.stageIdPrefix)) {
    return ok({ ...refusedAtLogin(opened.value, 'stage_outside_prefix', 'stage_not_found'), userId })
  }
  const record = await deps.participants.load({ stageUid: stage.uid, userId })
  return ok(explanation(opened.value, { caller, record, login: { issuer, admin } }))
}

/** As the authenticator would, save for the signature: any entry that is addressed may accept it. */
function judgedBy(
  issuers: ModerationDeps['config']['issuers'],
  claims: Claims,
  now: EpochMs,
): Result<Caller, LoginRefusal> {
  let answer: Result<Caller, LoginRefusal> = refuse({ code: 'login_invalid' })
  for (const entry of issuers.filter((one) => claims.iss === one.issuer && isForUs(claims, one))) {
    const judged = judgeClaims(claims, entry, secondsOf(now))
    if (judged.ok) return judged
    if (judged.refusal.code === 'login_expired') answer = judged
  }
  return answer
}
