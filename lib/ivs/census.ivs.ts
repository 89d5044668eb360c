import {
  type Event,
  GetStageSessionCommand,
  type IVSRealTimeClient,
  type ParticipantSummary,
  paginateListParticipantEvents,
  paginateListParticipants,
  paginateListStages,
  type StageSummary,
} from '@aws-sdk/client-ivs-realtime'
import { microsOf } from '../time.ts'
import type { Attendee, Census, Doings, ListedStage } from './census.ts'
import { awsErrorName, isNotFound, ivsFault } from './ivs-fault.ts'
import { MAX_PAGES, PAGE_SIZE } from './pages.ts'
import { exchangedTo, latestOf } from './participant-events.ivs.ts'

export function createCensus(client: IVSRealTimeClient): Census {
  const paging = { client, pageSize: PAGE_SIZE }
  return {
    stages: () =>
      pages('ListStages', paginateListStages(paging, {}), (page) => page.stages?.flatMap(listedStage) ?? []),

    connected(stageArn, sessionId) {
      const query = { stageArn, sessionId, filterByState: 'CONNECTED' as const }
      return pages('ListParticipants', paginateListParticipants(paging, query), (page) =>
        (page.participants ?? []).flatMap(attendee),
      )
    },

    async doings(stageArn, sessionId, participantId) {
      const query = { stageArn, sessionId, participantId }
      const events: Event[] = []
      const listed = pages('ListParticipantEvents', paginateListParticipantEvents(paging, query), (page) => [page])
      let read = 0
      for await (const [page] of listed) {
        events.push(...(page?.events ?? []))
        read += 1
        // IVS promises no order: the latest may be among those that are left.
        if (read === MAX_PAGES && page?.nextToken !== undefined) return undefined
      }
      return events.length === 0 ? undefined : doingsOf(events)
    },

    async session(stageArn, sessionId) {
      try {
        const { stageSession } = await client.send(new GetStageSessionCommand({ stageArn, sessionId }))
        const { startTime, endTime } = stageSession ?? {}
        if (startTime === undefined) return undefined
        return { startedAt: startTime.getTime(), ...(endTime !== undefined && { endedAt: endTime.getTime() }) }
      } catch (error) {
        // A stage that is gone has no tag by which our role might look at it.
        if (isNotFound(error) || awsErrorName(error) === 'AccessDeniedException') return undefined
        throw ivsFault(error, 'GetStageSession')
      }
    },
  }
}

async function* pages<P, T>(
  operation: string,
  listed: AsyncIterable<P>,
  read: (page: P) => readonly T[],
): AsyncIterable<readonly T[]> {
  try {
    for await (const page of listed) yield read(page)
  } catch (error) {
    if (!isNotFound(error)) throw ivsFault(error, operation)
  }
}

function listedStage({ arn, activeSessionId, tags }: StageSummary): ListedStage[] {
  if (arn === undefined) return []
  return [{ stageArn: arn, tags: tags ?? {}, ...(activeSessionId ? { sessionId: activeSessionId } : {}) }]
}

function attendee(summary: ParticipantSummary): Attendee[] {
  const { participantId, userId, state, published, replicationType } = summary
  if (participantId === undefined || state !== 'CONNECTED') return []
  return [
    {
      participantId,
      ...(userId ? { userId } : {}),
      everPublished: published ?? true,
      replica: replicationType === 'REPLICA',
    },
  ]
}

/** In whatever order IVS lists them, the latest of each kind counts. */
function doingsOf(events: readonly Event[]): Doings {
  const published = latestOf(events, 'PUBLISH_STARTED', 'PUBLISH_STOPPED')
  const exchanged = exchangedTo(events)
  return {
    publishing: published?.name === 'PUBLISH_STARTED',
    ...(published?.eventTime !== undefined && { at: microsOf(published.eventTime.getTime()) }),
    ...(exchanged !== undefined && { exchangedTo: exchanged }),
  }
}
