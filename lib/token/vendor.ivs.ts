import {
  CreateParticipantTokenCommand,
  type IVSRealTimeClient,
  type ParticipantToken,
} from '@aws-sdk/client-ivs-realtime'
import { Fault } from '../fault.ts'
import { parseParticipantId } from '../ids.ts'
import { ivsFault } from '../ivs/ivs-fault.ts'
import { secondsOf } from '../time.ts'
import type { TokenVendor } from './participant-token.ts'

const OPERATION = 'CreateParticipantToken'

type Vended = Awaited<ReturnType<TokenVendor['create']>>

/**
 * Vends tokens that IVS makes. The token is opaque: id and expiry are taken from the answer (IVS facts §3).
 * Throws `Fault`: `quota_backoff` beyond 50 TPS, `ivs_error` for anything else.
 */
export function createTokenVendor({ client }: { readonly client: Pick<IVSRealTimeClient, 'send'> }): TokenVendor {
  return {
    async create(terms) {
      // IVS would read an absent list as both capabilities.
      if (terms.capabilities.length === 0) throw new RangeError('a participant token cannot have no capability')
      const command = new CreateParticipantTokenCommand({
        stageArn: terms.stageArn,
        duration: terms.duration,
        userId: terms.userId,
        attributes: { ...terms.attributes },
        capabilities: [...terms.capabilities],
      })
      const answer = await client.send(command).catch((error: unknown) => {
        throw ivsFault(error, OPERATION)
      })
      return vendedFrom(answer.participantToken)
    },
  }
}

/** Everything in the answer is optional in IVS's model; without these three a token cannot be followed. */
function vendedFrom(made: ParticipantToken | undefined): Vended {
  const participantId = parseParticipantId(made?.participantId)
  const expiresAt = secondsOf(made?.expirationTime?.getTime() ?? Number.NaN)
  if (!made?.token || !participantId.ok || !Number.isSafeInteger(expiresAt)) {
    throw new Fault('ivs_error', `IVS ${OPERATION}: an answer without id, token or expiry`)
  }
  return { participantId: participantId.value, token: made.token, expiresAt }
}
