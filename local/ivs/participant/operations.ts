import { invalid, notFound } from '../exception.ts'
import type { participantRows } from '../model/participant.ts'
import type { InputOf } from '../model/row.ts'
import { checkTokenInput, mintToken } from '../token/mint.ts'
import { pageOf } from '../wire/paging.ts'
import type { Effects } from '../wire/service.ts'
import { findStage, participantOf, sessionOf } from '../world/find.ts'
import type { ParticipantRecord, SessionRecord } from '../world/records.ts'
import { participantKey } from '../world/tables.ts'
import type { World } from '../world/world.ts'
import { disconnectByApi } from './disconnect-participant.ts'
import { eventDetail, participantDetail, participantSummary } from './view.ts'

const PAGE = 50
type ListInput = InputOf<(typeof participantRows)['ListParticipants']>

/** A session that List operations look below; undefined where a missing one means an empty list. */
function listedSession(world: World, input: { stageArn: string; sessionId: string }): SessionRecord | undefined {
  const session = sessionOf(world, input.stageArn, input.sessionId)
  if (!session && world.assume.listsOfMissing === 'not-found') throw notFound('stage session')
  return session
}

/** One filter at most. */
function filterOf(world: World, input: ListInput): { name: string; passes: (one: ParticipantRecord) => boolean } {
  const { filterByUserId: user, filterByPublished: published, filterByState: state, filterByRecordingState } = input
  const filters: [name: string, passes: (one: ParticipantRecord) => boolean][] = []
  if (user !== undefined) filters.push([`user ${user}`, (one) => one.grant.userId === user])
  if (published !== undefined) filters.push([`published ${published}`, (one) => one.published === published])
  if (state !== undefined) filters.push([`state ${state}`, (one) => one.state === state])
  if (filterByRecordingState !== undefined)
    filters.push([
      `recording ${filterByRecordingState}`,
      (one) => participantSummary(world, one).recordingState === filterByRecordingState,
    ])
  if (filters.length > 1) throw invalid('Only one filter may be given.')
  const [name, passes] = filters[0] ?? ['all', () => true]
  return { name, passes }
}

/** As they come, so that a page of ten thousand stops where the page is full. */
function* only<T>(all: Iterable<T>, passes: (one: T) => boolean): Iterable<T> {
  for (const one of all) if (passes(one)) yield one
}

export const participantEffects: Effects<typeof participantRows> = {
  CreateParticipantToken(world, { stageArn, ...input }) {
    checkTokenInput(world, input)
    const stage = findStage(world, stageArn)
    if (stage.createdAt + world.assume.mintLagMs > world.now) throw notFound('stage')
    return { participantToken: mintToken(world, stage, input) }
  },

  DisconnectParticipant(world, { stageArn, participantId }) {
    disconnectByApi(world, stageArn, participantId)
    return {}
  },

  GetParticipant(world, { stageArn, sessionId, participantId }) {
    const session = sessionOf(world, stageArn, sessionId)
    const found = session && participantOf(world, sessionId, participantId)
    if (!found) throw notFound('participant')
    return { participant: participantDetail(world, found) }
  },

  ListParticipants(world, input) {
    const session = listedSession(world, input)
    const { name, passes } = filterOf(world, input)
    const everyone = session ? world.participants.within(session.sessionId) : []
    const list = `ListParticipants ${input.sessionId} ${name}`
    const { items, nextToken } = pageOf(list, only(everyone, passes), input, PAGE)
    return { participants: items.map((one) => participantSummary(world, one)), nextToken }
  },

  ListParticipantEvents(world, input) {
    const session = listedSession(world, input)
    const key = participantKey(input.sessionId, input.participantId)
    const events = session ? world.participantEvents.within(key) : []
    const { items, nextToken } = pageOf(`ListParticipantEvents ${key}`, events, input, PAGE)
    return { events: items.map(eventDetail), nextToken }
  },
}
