import type { SideRefusal } from '../ivs/side/refusal.ts'

export const SIDE_STEPS = ['join', 'publish', 'unpublish', 'leave', 'exchange'] as const
export type SideStep = (typeof SIDE_STEPS)[number]

/** The step a path below `/_local` names: `/stage/join`. */
export const stepAt = (path: string): SideStep | undefined => SIDE_STEPS.find((step) => path === `/stage/${step}`)

/** IVS tells its SDKs the reason alone; the status is ours, so that a script can tell refusals apart by it. */
export function statusOfSide({ code }: SideRefusal): number {
  switch (code) {
    case 'BAD_REQUEST':
    case 'TOKEN_MISSING':
    case 'TOKEN_INVALID':
      return 400
    case 'TOKEN_EXPIRED':
    case 'TOKEN_INVALID_SIGNATURE':
      return 401
    case 'NOT_CONNECTED':
    case 'PUBLISHER_NOT_FOUND':
      return 404
    case 'STAGE_AT_CAPACITY':
    case 'STREAM_KEY_IN_USE':
      return 409
    case 'STAGE_DELETED':
      return 410
    case 'TOKEN_NOT_ALLOWED':
    case 'PARTICIPANT_DISCONNECTED':
    case 'TOKEN_EXCHANGE_REQUEST_INVALID':
    case 'TOKEN_EXCHANGE_FAILED':
    case 'STREAM_KEY_INVALID':
      return 403
  }
}
