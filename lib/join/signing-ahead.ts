import type { Grant } from '../grant/grant.ts'
import type { Participant } from '../participant/user-record.ts'
import type { TokenAnswer } from '../token/token-answer.schema.ts'
import type { JoinDeps, Joining } from './joining.ts'
import { signedAnswer } from './token-of-join.ts'

/** Makes a join's token before it is known whether there will be one. */
export interface SigningAhead {
  /** The write that may let this participant in is on its way. */
  begin(grant: Grant, participant: Participant): void
  /** The answer for a participant who is in: begun before if it is the same one, else made now. */
  answerFor(grant: Grant, participant: Participant): Promise<TokenAnswer>
}

/**
 * A signature takes a millisecond of computing, the write several of waiting: one goes on during the other. A token whose write
 * is refused is dropped with its request; nobody is handed one before the participant is recorded and seated.
 */
export function signingAhead(deps: JoinDeps, joining: Joining): SigningAhead {
  let begun: { readonly participant: Participant; readonly answer: Promise<TokenAnswer> } | undefined
  return {
    begin(grant, participant) {
      if (deps.tokens.mode !== 'key-pair') return
      const answer = deps.afterSending().then(() => signedAnswer(deps, joining, grant, participant))
      // Whoever asks for it hears of it; where nobody does, nothing is lost.
      answer.catch(() => undefined)
      begun = { participant, answer }
    },
    answerFor: (grant, participant) =>
      begun?.participant === participant ? begun.answer : signedAnswer(deps, joining, grant, participant),
  }
}
