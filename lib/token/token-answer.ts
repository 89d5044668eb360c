import type { Participant } from '../participant/user-record.ts'
import type { Stage } from '../stage/stage.ts'
import { type EpochMs, type EpochSeconds, isoOfMs, isoOfSeconds, type Minutes, secondsOf } from '../time.ts'
import type { TokenAnswer } from './token-answer.schema.ts'

/** A client should refresh when this much of the token's life is over: late enough to be rare, early enough to retry. */
const REFRESH_AT = 0.75

/** A token and what its holder is told about it. */
export function tokenAnswer(made: {
  readonly stage: Stage
  readonly userId: string
  readonly participant: Pick<Participant, 'id' | 'role' | 'slot' | 'capabilities'>
  readonly attributes: Readonly<Record<string, string>>
  readonly duration: Minutes
  readonly token: string
  readonly expiresAt: EpochSeconds
  readonly exchangeable: boolean
  readonly endpoints: { readonly events?: string; readonly whip?: string }
  readonly now: EpochMs
}): TokenAnswer {
  const { participant, now } = made
  const expiresIn = Math.max(0, made.expiresAt - secondsOf(now))
  return {
    stageId: made.stage.stageId,
    participantId: participant.id,
    userId: made.userId,
    role: participant.role,
    slot: participant.slot,
    capabilities: [...participant.capabilities],
    attributes: { ...made.attributes },
    duration: made.duration,
    token: made.token,
    expirationTime: isoOfSeconds(made.expiresAt),
    expiresIn,
    refreshIn: Math.floor(expiresIn * REFRESH_AT),
    serverTime: isoOfMs(now),
    exchangeable: made.exchangeable,
    endpoints: {
      ...(made.endpoints.events !== undefined && { events: made.endpoints.events }),
      ...(made.endpoints.whip !== undefined && { whip: made.endpoints.whip }),
    },
  }
}
