import type { ParticipantId } from '../../lib/ids.ts'
import { joinStage } from '../../lib/join/join.ts'
import { leaveStage } from '../../lib/leave/leave.ts'
import type { Slot } from '../../lib/participant/user-record.ts'
import { refreshToken } from '../../lib/refresh/refresh.ts'
import { aCaller } from './callers.ts'
import type { StageLoop } from './stage-loop.ts'
import { aLog } from './use-case.ts'

export interface Held {
  readonly id: ParticipantId
  readonly token: string
  readonly mintedAt: number
}

/** One user with any number of clients, who keeps every token there ever was and uses it as they like. */
export function aGuest(loop: StageLoop, userId = 'ada') {
  const { clock, deps, stage, local } = loop
  const held: Held[] = []
  const base = () => ({ stageId: stage.stageId, caller: aCaller({ userId }), now: clock.now(), log: aLog() })
  const keep = (id: ParticipantId, token: string): 'ok' => {
    held.push({ id, token, mintedAt: clock.now() })
    return 'ok'
  }
  return {
    held,
    ids: (): readonly ParticipantId[] => [...new Set(held.map(({ id }) => id))],
    /** Answers `ok`, or the refusal's code. */
    async join(slot: Slot = 'main'): Promise<string> {
      const joined = await joinStage(deps.join, { ...base(), request: { slot } })
      if (!joined.ok) return joined.refusal.code
      return keep(joined.value.answer.participantId as ParticipantId, joined.value.answer.token)
    },
    async refresh(id: ParticipantId): Promise<string> {
      const renewed = await refreshToken(deps.refresh, { ...base(), participantId: id, request: {} })
      return renewed.ok ? keep(id, renewed.value.token) : renewed.refusal.code
    },
    async quit(id: ParticipantId): Promise<string> {
      const left = await leaveStage(deps.leave, { ...base(), participantId: id })
      return left.ok ? 'ok' : left.refusal.code
    },
    /** What a client does with a token, and what IVS says to it. */
    connect: ({ token }: Held): string => outcomeOf(local.side.join({ token })),
    exchange: ({ id, token }: Held): string => outcomeOf(local.side.exchange({ participantId: id, token })),
    publish: (id: ParticipantId): string => outcomeOf(local.side.publish({ participantId: id })),
    unpublish: (id: ParticipantId): string => outcomeOf(local.side.unpublish({ participantId: id })),
    hangUp: (id: ParticipantId): string => outcomeOf(local.side.leave({ participantId: id })),
  }
}

export type Guest = ReturnType<typeof aGuest>

const outcomeOf = (
  result: { readonly ok: true } | { readonly ok: false; readonly refusal: { readonly code: string } },
): string => (result.ok ? 'ok' : result.refusal.code)
