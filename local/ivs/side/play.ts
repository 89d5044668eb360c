import { refuse } from '../../../lib/result.ts'
import { isRecord, refusal } from '../token/claims.ts'
import type { ClientInfo, Side, SideResult } from './side.ts'

type Body = Readonly<Record<string, unknown>>
const textOf = (body: Body, name: string): string => (typeof body[name] === 'string' ? body[name] : '')
const optional = <N extends string>(body: Body, name: N): { readonly [K in N]?: string } =>
  (typeof body[name] === 'string' ? { [name]: body[name] } : {}) as { readonly [K in N]?: string }

const CLIENT_FIELDS = ['ispName', 'osName', 'osVersion', 'browserName', 'browserVersion', 'sdkVersion'] as const

function clientOf(body: Body): { readonly client?: ClientInfo } {
  const { client } = body
  if (!isRecord(client)) return {}
  const known = CLIENT_FIELDS.filter((name) => typeof client[name] === 'string' && String(client[name]).length <= 128)
  return { client: Object.fromEntries(known.map((name) => [name, client[name]])) }
}

const participant = (body: Body) => ({ participantId: textOf(body, 'participantId'), ...optional(body, 'stageArn') })
const remote = (body: Body) => ({ ...participant(body), ...optional(body, 'remoteParticipantId') })

const steps = {
  join: (side: Side, body: Body) =>
    side.join({ token: body.token, ...clientOf(body), ...(body.protocol === 'WHIP' ? { protocol: 'WHIP' } : {}) }),
  publish: (side: Side, body: Body) => side.publish(participant(body)),
  unpublish: (side: Side, body: Body) => side.unpublish(participant(body)),
  subscribe: (side: Side, body: Body) => side.subscribe(remote(body)),
  unsubscribe: (side: Side, body: Body) => side.unsubscribe(remote(body)),
  leave: (side: Side, body: Body) => side.leave({ ...participant(body), crash: body.crash === true }),
  exchange: (side: Side, body: Body) => side.exchange({ ...participant(body), token: body.token }),
  ingest(side: Side, body: Body) {
    const { streamKey, protocol } = body
    return side.ingest({ streamKey, ...(protocol === 'RTMP' || protocol === 'RTMPS' ? { protocol } : {}) })
  },
  'stop-ingest': (side: Side, body: Body) => side.stopIngest({ streamKey: body.streamKey }),
  'publish-error': (side: Side, body: Body) =>
    side.publishError({ ...participant(body), errorCode: textOf(body, 'errorCode') }),
  destination(side: Side, body: Body): SideResult<unknown> {
    const { state } = body
    if (state !== 'RECONNECTING' && state !== 'ACTIVE' && state !== 'FAILED')
      return refuse(refusal('BAD_REQUEST', 'state is not RECONNECTING, ACTIVE or FAILED'))
    const which = { compositionArn: textOf(body, 'compositionArn'), destinationId: textOf(body, 'destinationId') }
    return side.destination({ ...which, state, ...optional(body, 'errorCode') })
  },
  'recording-fault'(side: Side, body: Body): SideResult<unknown> {
    const { at } = body
    if (at !== 'start' && at !== 'end') return refuse(refusal('BAD_REQUEST', 'at is not start or end'))
    return side.recordingFault({ stageArn: textOf(body, 'stageArn'), at, errorCode: textOf(body, 'errorCode') })
  },
} satisfies Record<string, (side: Side, body: Body) => SideResult<unknown>>

/** Takes a step by its name, as `POST /_local/stage/<name>` does; undefined where there is no such step. */
export function play(side: Side, name: string, body: unknown): SideResult<unknown> | undefined {
  if (!Object.hasOwn(steps, name)) return undefined
  return steps[name as keyof typeof steps](side, isRecord(body) ? body : {})
}
