import { happeningId } from '../domain-event/event-id.ts'
import type { Applied, PublishingEvidence } from '../roster/apply-event.ts'
import type { RosterChange, RosterHappening } from '../roster/roster.ts'
import type { StageOfArn } from '../stage/stage-arns.ts'
import { msOfMicros } from '../time.ts'
import type { StageEvent } from './stage-event.ts'

/**
 * What is told about an event. One that is already on the roster by this very evidence is told again: its first delivery
 * may have ended before it was told.
 */
export function happeningsOf(
  stage: StageOfArn,
  event: StageEvent,
  applied: Applied,
  evidence: PublishingEvidence,
): readonly RosterHappening[] {
  const { publishing, participantId, at, minted } = evidence
  const again: RosterChange = {
    kind: publishing ? 'published' : 'unpublished',
    participantId,
    at,
    ...(minted !== undefined && { minted }),
  }
  const changes = applied.outcome === 'repeated' ? [again] : applied.changes
  const told = changes.map((change) => happeningOf(stage, change, applied.roster.version))
  const live = publishing && applied.outcome !== 'late' && applied.roster.liveSince === at
  return live ? [stageHappening(stage, 'stage.live', event.at, applied.roster.version), ...told] : told
}

/** A change of the roster as others are told it. Its id is the same however often it is worked out. */
export function happeningOf(stage: StageOfArn, change: RosterChange, version: number): RosterHappening {
  const { kind, participantId, at, minted } = change
  const { stageId, stageUid } = stage
  return {
    name: `participant.${kind}`,
    id: happeningId([stageUid, participantId, kind, String(at)]),
    at: msOfMicros(at),
    stageId,
    stageUid,
    version,
    participantId,
    ...(minted !== undefined && { userId: minted.userId }),
  }
}

export function stageHappening(
  { stageId, stageUid }: StageOfArn,
  name: 'stage.live' | 'stage.idle',
  at: number,
  version: number,
): RosterHappening {
  return { name, id: happeningId([stageUid, name, String(at)]), at: msOfMicros(at), stageId, stageUid, version }
}
