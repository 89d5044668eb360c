import type { ParticipantId, UserId } from '../ids.ts'
import { parseParticipantId, parseUserId } from '../ids.ts'
import type { Sighting } from '../participant/sighting.ts'
import type { Roster } from '../roster/roster.ts'
import { type EpochMs, microsOf } from '../time.ts'
import type { Answers } from './ask-stage.ts'

/** Something a sweep saw of one user's participant. */
export interface UserSighting {
  readonly userId: UserId
  readonly sighting: Sighting
  /** Was there at the last sweep. */
  readonly wasThere: boolean
}

/** Everyone's turn comes once in so many minutes, whatever is known: also an ending that was lost has an end. */
const ROUND_MINUTES = 10
const MINUTE_MS = 60_000

/**
 * Whom a sweep compares with our own records: who came, who went, who is on the roster or comes to it, and of everyone else
 * whose turn came since the last sweep. So nobody is passed over, however far apart sweeps are: where they are `n` minutes apart, everyone is
 * looked at within ten minutes and `n`. Replicas are none of ours.
 * @param roster as it was before: by its last sweep turns are counted; without one, it is everyone's
 * @param earlier who was there at the last sweep, and whose they are where they are ours
 */
export function whomToSight(
  answers: Answers,
  roster: Roster | undefined,
  earlier: ReadonlyMap<ParticipantId, UserId | undefined>,
): readonly UserSighting[] {
  const onRoster = new Map(roster?.entries.map(({ participantId, minted }) => [participantId, minted?.userId]))
  const turns = turnsBetween(roster?.sweptAt, answers.at)
  const here = [...answers.attendees].flatMap(([id, { userId, replica, everPublished }]): UserSighting[] => {
    const isNew = !earlier.has(id) || (everPublished && !onRoster.has(id))
    const isDue = isNew || onRoster.has(id) || answers.doings.has(id) || turns.has(turnOf(id))
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

/** Whose minute began since then. */
function turnsBetween(sweptAt: EpochMs | undefined, at: EpochMs): ReadonlySet<number> {
  const last = Math.floor(at / MINUTE_MS)
  const first = sweptAt === undefined ? last - ROUND_MINUTES : Math.floor(sweptAt / MINUTE_MS)
  const minutes = Math.min(ROUND_MINUTES, last - first)
  return new Set(Array.from({ length: Math.max(0, minutes) }, (_, back) => (last - back) % ROUND_MINUTES))
}

function turnOf(id: string): number {
  let sum = 0
  for (const char of id) sum = (sum * 31 + char.charCodeAt(0)) % 1_000_003
  return sum % ROUND_MINUTES
}
