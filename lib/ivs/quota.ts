/** Why a call to IVS is worth a place in the quota, first to last. A look for somebody who may never come is made with what is left. */
export const PRIORITIES = ['ban', 'kick', 'demotion', 'replace', 'leave', 'sweep', 'look'] as const
export type Priority = (typeof PRIORITIES)[number]

export type QuotaAnswer = { readonly granted: true } | { readonly granted: false; readonly waitMs: number }

/**
 * Our share of what IVS allows the account in one Region, for one operation: a token bucket that everything of this
 * deployment which calls IVS draws from. Another deployment in the account is not seen; that is what the share is for.
 */
export interface IvsQuota {
  /** A place now, or how long to wait before asking again. The last places are kept for those that come first. */
  take(operation: string, priority: Priority): Promise<QuotaAnswer>
}
