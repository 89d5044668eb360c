import * as z from 'zod/mini'
import { CAPABILITIES } from '../grant/role.ts'
import { ok, type Result, refuse } from '../result.ts'
import { parseInstant } from './instant.ts'
import { hashOf } from './said.ts'
import type {
  CompositionName,
  EventBase,
  ExchangedToken,
  ParticipantEventBase,
  RecordingName,
  StageEvent,
} from './stage-event.ts'

const text = z.optional(z.string())

/** Loose on purpose: IVS adds fields, and leaves out newer ones (IVS facts §5.2). What we rely on is checked below. */
const Envelope = z.object({
  id: z.string(),
  'detail-type': z.string(),
  source: z.literal('aws.ivs'),
  time: z.string(),
  resources: z.array(z.string()),
  detail: z.looseObject({ event_name: text }),
})
type Envelope = z.infer<typeof Envelope>

const ParticipantDetail = z.looseObject({
  session_id: z.string(),
  participant_id: z.string(),
  user_id: text,
  event_time: text,
  event_time_precise: text,
  replica: z.optional(z.boolean()),
  error_code: text,
  destination_stage_arn: text,
  destination_session_id: text,
  recording_duration_ms: z.optional(z.number()),
})
type ParticipantDetail = z.infer<typeof ParticipantDetail>

const ExchangedDetail = z.looseObject({
  capabilities: z.optional(z.array(z.string())),
  user_id: text,
  expiration_time: text,
})

const STAGE_UPDATE = 'IVS Stage Update'
const RECORDING = 'IVS Participant Recording State Change'
const COMPOSITION = 'IVS Composition State Change'

const RECORDING_NAMES = [
  'Recording Start',
  'Recording End',
  'Recording Start Failure',
  'Recording End Failure',
] as const
const COMPOSITION_NAMES = [
  'Session Start',
  'Session End',
  'Session Failure',
  'Destination Start',
  'Destination End',
  'Destination Reconnecting',
  'Destination Failure',
] as const

/**
 * An EventBridge envelope of IVS as one of the things that can happen. `malformed` is one that says a name we know and not
 * what that name must say: it is worth a look by a person. Names we do not know are `unknown` events, and no failure.
 */
export function parseStageEvent(envelope: unknown): Result<StageEvent, 'malformed'> {
  const parsed = Envelope.safeParse(envelope)
  if (!parsed.success) return refuse('malformed')
  const { 'detail-type': type, detail } = parsed.data
  if (type === COMPOSITION) return composition(parsed.data)
  if (type === RECORDING && isOneOf(RECORDING_NAMES, detail.event_name)) {
    return recording(parsed.data, detail.event_name)
  }
  const kind = type === STAGE_UPDATE ? KIND_OF[detail.event_name ?? ''] : undefined
  return kind === undefined ? unknown(parsed.data) : stageUpdate(parsed.data, kind)
}

const KIND_OF: Readonly<Record<string, Exclude<StageEvent['kind'], 'recording' | 'composition' | 'unknown'>>> =
  Object.assign(Object.create(null), {
    'Participant Published': 'published',
    'Participant Unpublished': 'unpublished',
    'Participant Publish Error': 'publish_error',
    'Participant Replication Start': 'replication_started',
    'Participant Replication End': 'replication_ended',
    'Token Exchanged': 'token_exchanged',
  })

function stageUpdate(envelope: Envelope, kind: (typeof KIND_OF)[string]): Result<StageEvent, 'malformed'> {
  const base = participantBase(envelope)
  if (base === undefined) return refuse('malformed')
  const { detail } = base
  switch (kind) {
    case 'published':
    case 'unpublished':
      return ok({ ...base.event, kind })
    case 'publish_error':
      return ok({ ...base.event, kind, ...given('errorCode', detail.error_code) })
    case 'replication_started':
    case 'replication_ended':
      return ok({
        ...base.event,
        kind,
        ...given('destinationStageArn', detail.destination_stage_arn),
        ...given('destinationSessionId', detail.destination_session_id),
      })
    case 'token_exchanged':
      return exchanged(base.event, envelope)
  }
}

function exchanged(event: ParticipantEventBase, { detail }: Envelope): Result<StageEvent, 'malformed'> {
  const previous = exchangedToken(detail.previous_token)
  const next = exchangedToken(detail.new_token)
  if (previous === undefined || next === undefined) return refuse('malformed')
  return ok({ ...event, kind: 'token_exchanged', previous, next })
}

function exchangedToken(value: unknown): ExchangedToken | undefined {
  const parsed = ExchangedDetail.safeParse(value)
  if (!parsed.success) return undefined
  const { capabilities, user_id: userId, expiration_time: expiry } = parsed.data
  const expiresAt = parseInstant(expiry)
  return {
    capabilities: CAPABILITIES.filter((capability) => capabilities?.includes(capability)),
    ...given('userId', userId === '' ? undefined : userId),
    ...given('expiresAt', expiresAt && Math.floor(expiresAt.at / 1_000_000)),
  }
}

function recording(envelope: Envelope, name: RecordingName): Result<StageEvent, 'malformed'> {
  const base = participantBase(envelope)
  if (base === undefined) return refuse('malformed')
  const { error_code: errorCode, recording_duration_ms: durationMs } = base.detail
  return ok({
    ...base.event,
    kind: 'recording',
    name,
    ...given('errorCode', errorCode),
    ...given('durationMs', durationMs),
  })
}

/** These have no `event_time`, and the composition's own ARN as their resource (IVS facts §5.2). */
function composition(envelope: Envelope): Result<StageEvent, 'malformed'> {
  const { detail } = envelope
  const base = baseOf(envelope, stringIn(detail, 'stage_arn'))
  const compositionArn = envelope.resources[0]
  if (!isOneOf(COMPOSITION_NAMES, detail.event_name)) return unknown(envelope)
  if (base === undefined || compositionArn === undefined) return refuse('malformed')
  const name: CompositionName = detail.event_name
  return ok({
    ...base,
    kind: 'composition',
    name,
    compositionArn,
    ...given('destinationId', stringIn(detail, 'id')),
    ...given('errorCode', stringIn(detail, 'error_code')),
  })
}

function unknown(envelope: Envelope): Result<StageEvent, 'malformed'> {
  const { 'detail-type': detailType, detail } = envelope
  const base = baseOf(envelope, stringIn(detail, 'stage_arn') ?? envelope.resources[0] ?? '')
  if (base === undefined) return refuse('malformed')
  return ok({
    ...base,
    kind: 'unknown',
    detailType,
    ...given('name', detail.event_name),
    ...given('sessionId', stringIn(detail, 'session_id')),
    ...given('participantId', stringIn(detail, 'participant_id')),
  })
}

function participantBase(
  envelope: Envelope,
): { readonly event: ParticipantEventBase; readonly detail: ParticipantDetail } | undefined {
  const parsed = ParticipantDetail.safeParse(envelope.detail)
  const base = baseOf(envelope, envelope.resources[0])
  if (!parsed.success || base === undefined) return undefined
  const detail = parsed.data
  const userId = detail.user_id === '' ? undefined : detail.user_id
  const event = {
    ...base,
    sessionId: detail.session_id,
    participantId: detail.participant_id,
    ...given('userId', userId),
    replica: detail.replica === true,
  }
  return { event, detail }
}

function baseOf(envelope: Envelope, stageArn: string | undefined): EventBase | undefined {
  const { detail } = envelope
  const instant =
    parseInstant(stringIn(detail, 'event_time_precise')) ??
    parseInstant(stringIn(detail, 'event_time')) ??
    parseInstant(envelope.time)
  if (stageArn === undefined || instant === undefined) return undefined
  return { id: envelope.id, stageArn, ...instant, detail: hashOf(detail) }
}

function stringIn(detail: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = detail[name]
  return typeof value === 'string' ? value : undefined
}

const isOneOf = <const T extends string>(names: readonly T[], name: string | undefined): name is T =>
  names.some((one) => one === name)

const given = <K extends string, V>(name: K, value: V | undefined): { [P in K]?: V } =>
  value === undefined ? {} : ({ [name]: value } as { [P in K]: V })
