import type { ParticipantId, UserId } from '../ids.ts'
import { parseParticipantId, parseUserId } from '../ids.ts'
import type { Sighting } from '../participant/sighting.ts'
import type { Roster } from '../roster/roster.ts'
import { microsOf } from '../time.ts'
import type { Answers } from './ask-stage.ts'

/** Something a sweep saw of one user's participant. */
export interface UserSighting {
  readonly userId: UserId
  readonly sighting: Sighting
  /** Was there at the last sweep. */
  readonly wasThere: boolean
}

/** Everyone is looked at once in so many minutes, whatever is known: also an ending that was lost has an end. */
const ROUND_MINUTES = 10

/**
 * Whom a sweep compares with our own records: who came, who went, who is on the roster, and of everyone else a part that
 * is another one every minute. Replicas are none of ours.
 * @param earlier who was there at the last sweep, and whose they are where they are ours
 */
export function whomToSight(
  answers: Answers,
  roster: Roster | undefined,
  earlier: ReadonlyMap<ParticipantId, UserId | undefined>,
): readonly UserSighting[] {
  const onRoster = new Map(roster?.entries.map(({ participantId, minted }) => [participantId, minted?.userId]))
  const minute = Math.floor(answers.at / 60_000)
  const here = [...answers.attendees].flatMap(([id, { userId, replica }]): UserSighting[] => {
    const isDue = !earlier.has(id) || onRoster.has(id) || answers.doings.has(id) || isTurnOf(id, minute)
    return replica || !isDue ? [] : seen(id, userId, true, earlier.has(id), answers)
  })
  const known = new Map([...onRoster, ...earlier])
  const gone = [...known].flatMap(([id, userId]) =>
    answers.attendees.has(id) ? [] : seen(id, userId ?? onRoster.get(id), false, earlier.has(id), answers),
  )
  return [...here, ...gone]
}

function seen(
  id: string,
  of: string | undefined,
  connected: boolean,
  wasThere: boolean,
  answers: Answers,
): UserSighting[] {
  const participantId = parseParticipantId(id)
  const userId = parseUserId(of)
  if (!participantId.ok || !userId.ok) return []
  const does = answers.doings.get(participantId.value)
  const capabilities = [...(does?.publishing ? (['PUBLISH'] as const) : []), ...(does?.exchangedTo ?? [])]
  const sighting = { id: participantId.value, connected, at: microsOf(answers.at), capabilities }
  return [{ userId: userId.value, sighting, wasThere }]
}

function isTurnOf(id: string, minute: number): boolean {
  let sum = 0
  for (const char of id) sum = (sum * 31 + char.charCodeAt(0)) % 1_000_003
  return sum % ROUND_MINUTES === minute % ROUND_MINUTES
}
