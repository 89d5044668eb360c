import { createHash } from 'node:crypto'
import type { Grant, Right } from '../grant/grant.ts'
import { IDEMPOTENCY_WINDOW_MS, type Mint } from '../participant/admit.ts'
import type { Narrowing, Participant, RecordedRight, Slot, UserKey } from '../participant/user-record.ts'
import { type EpochMs, secondsOf, secondsOfMinutes } from '../time.ts'
import { newParticipantId, participantIdFor } from '../token/new-participant-id.ts'
import type { JoinRequest } from './join.schema.ts'

/** What a draft of a participant is made from, besides the grant. */
export interface DraftSource {
  readonly key: UserKey
  readonly generation: number
  readonly request: JoinRequest
  readonly idempotencyKey?: string
  readonly endpointsVersion: number
  /** Absent where IVS makes the token: the id is then a placeholder until it answers. */
  readonly keyId?: string
  readonly randomBytes: (size: number) => Uint8Array
  /** What is kept of the right a grant comes from. */
  readonly recorded: (right: Right) => RecordedRight
  readonly requestId?: string
  readonly now: EpochMs
}

/**
 * Makes drafts of one and the same participant. With a key its id follows from who asks, where, with which key and when, so
 * that a retry meets what it made before; the windows on both sides cover a retry across an edge and clocks that differ.
 */
export function drafter(source: DraftSource): (grant: Grant) => Mint {
  const { idempotencyKey, now } = source
  const window = Math.floor(now / IDEMPOTENCY_WINDOW_MS)
  const keyed = (at: number) => participantIdFor(['join', ...placeOf(source), idempotencyKey ?? '', String(at)])
  const id = idempotencyKey === undefined ? newParticipantId(source.randomBytes) : keyed(window)
  const mark = idempotencyKey === undefined ? '' : Buffer.from(source.randomBytes(6)).toString('base64url')
  return (grant) => ({
    participant: {
      ...participantFor(source, grant, id),
      ...(idempotencyKey !== undefined && { requestHash: hashOf(source.request), attempt: mark }),
    },
    ...(idempotencyKey !== undefined && { neighbours: { previous: keyed(window - 1), next: keyed(window + 1) } }),
  })
}

const placeOf = ({ key, generation }: DraftSource): readonly string[] => [key.stageUid, key.userId, String(generation)]

function participantFor(source: DraftSource, grant: Grant, id: Participant['id']): Participant {
  const { now, keyId } = source
  return {
    id,
    slot: slotOf(source.request),
    role: grant.role,
    capabilities: grant.capabilities,
    mintedAt: now,
    duration: grant.duration,
    expiresAt: secondsOf(now) + secondsOfMinutes(grant.duration),
    endpointsVersion: source.endpointsVersion,
    attributes: grant.callerAttributes,
    narrowing: narrowingOf(source.request),
    right: source.recorded(grant.right),
    ...(source.requestId !== undefined && { requestId: source.requestId }),
    ...(keyId === undefined ? { reserved: true } : { keyId }),
  }
}

const slotOf = (request: JoinRequest): Slot => request.slot ?? 'main'

function narrowingOf({ role, capabilities }: JoinRequest): Narrowing {
  return { ...(role !== undefined && { role }), ...(capabilities !== undefined && { capabilities }) }
}

/** Equal requests have equal hashes, whatever order their fields came in. */
export function hashOf(request: JoinRequest): string {
  return createHash('sha256').update(canonical(request)).digest('base64url').slice(0, 11)
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${[...value].map(canonical).sort().join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const entries = Object.entries(value).filter(([, one]) => one !== undefined)
  return `{${entries
    .map(([name, one]) => `${JSON.stringify(name)}:${canonical(one)}`)
    .sort()
    .join()}}`
}
