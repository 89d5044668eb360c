import {
  type Event,
  GetParticipantCommand,
  ListParticipantEventsCommand,
  ListParticipantsCommand,
} from '@aws-sdk/client-ivs-realtime'
import { Fault } from '../fault.ts'
import { type ParticipantId, parseParticipantId, type UserId } from '../ids.ts'
import { activeSession } from '../ivs/active-session.ivs.ts'
import { isNotFound, ivsFault } from '../ivs/ivs-fault.ts'
import type { MeteredBy, Sender } from '../ivs/metered.ivs.ts'
import { MAX_PAGES, PAGE_SIZE } from '../ivs/pages.ts'
import { exchangedTo, instantOf, latestOf } from '../ivs/participant-events.ivs.ts'
import type { Lookout, Trace } from './lookout.ts'

export function createLookout(by: MeteredBy): Lookout {
  return {
    async connectedOf(stageArn, userId) {
      try {
        return await connectedOf(by('look', 'atOnce'), stageArn, userId)
      } catch (error) {
        if (error instanceof Fault && error.code === 'quota_backoff') return undefined
        throw error
      }
    },

    surelyConnectedOf: (stageArn, userId) => connectedOf(by('look'), stageArn, userId),

    async traceOf(stageArn, participantId) {
      const client = by('demotion')
      const sessionId = await activeSession(client, stageArn)
      if (sessionId === undefined) return undefined
      const place = { stageArn, sessionId, participantId }
      const found = await sent('GetParticipant', () => client.send(new GetParticipantCommand(place)))
      if (found?.participant === undefined) return undefined
      return traceFrom(found.participant.state === 'CONNECTED', await eventsOf(client, place))
    },
  }
}

async function connectedOf(client: Sender, stageArn: string, userId: UserId): Promise<ReadonlySet<ParticipantId>> {
  const sessionId = await activeSession(client, stageArn)
  const connected = new Set<ParticipantId>()
  if (sessionId === undefined) return connected
  const query = { stageArn, sessionId, filterByUserId: userId, maxResults: PAGE_SIZE }
  let nextToken: string | undefined
  for (let page = 0; page < MAX_PAGES; page++) {
    const command = new ListParticipantsCommand({ ...query, ...(nextToken !== undefined && { nextToken }) })
    const answer = await sent('ListParticipants', () => client.send(command))
    for (const { participantId, state } of answer?.participants ?? []) {
      const id = parseParticipantId(participantId)
      if (state === 'CONNECTED' && id.ok) connected.add(id.value)
    }
    nextToken = answer?.nextToken
    if (nextToken === undefined) break
  }
  return connected
}

type Place = { readonly stageArn: string; readonly sessionId: string; readonly participantId: string }

async function eventsOf(client: Sender, place: Place): Promise<readonly Event[]> {
  const events: Event[] = []
  let nextToken: string | undefined
  for (let page = 0; page < MAX_PAGES; page++) {
    const input = { ...place, maxResults: PAGE_SIZE, ...(nextToken !== undefined && { nextToken }) }
    const answer = await sent('ListParticipantEvents', () => client.send(new ListParticipantEventsCommand(input)))
    events.push(...(answer?.events ?? []))
    nextToken = answer?.nextToken
    if (nextToken === undefined) break
  }
  return events
}

/** In whatever order IVS lists them, the latest of each kind counts. */
export function traceFrom(connected: boolean, events: readonly Event[]): Trace {
  const joined = latestOf(events, 'JOINED')
  const exchanged = exchangedTo(events)
  return {
    connected,
    publishing: connected && latestOf(events, 'PUBLISH_STARTED', 'PUBLISH_STOPPED')?.name === 'PUBLISH_STARTED',
    ...(joined !== undefined && { joinedAt: instantOf(joined) }),
    ...(exchanged !== undefined && { exchangedTo: exchanged }),
  }
}

/** Nothing where IVS knows no such stage, session or participant. */
async function sent<T>(operation: string, send: () => Promise<T>): Promise<T | undefined> {
  try {
    return await send()
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw ivsFault(error, operation)
  }
}
