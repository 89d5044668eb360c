import type { Side } from '../../../local/ivs/side/side.ts'
import { made } from './conformance/furnished.ts'
import { type Signer, type Stand, signer } from './stand.ts'

/** A stage, an imported key, and tokens for both ways of getting in. */
export interface Room {
  readonly stageArn: string
  readonly key: Signer
  readonly keyArn: string
  readonly claims: (change?: object) => Record<string, unknown>
  /** A self-signed token; `change` overrides claims. */
  readonly selfSigned: (change?: object, header?: object) => string
  /** A token of the API, and the id it names. */
  readonly apiToken: (input?: object) => { readonly token: string; readonly participantId: string }
  /** Joins with a token of the API, and publishes if asked to; answers the id. */
  readonly enter: (options?: { readonly publish?: boolean; readonly input?: object }) => string
  readonly sessionId: () => string
}

export function room(stand: Stand, stageInput: Readonly<Record<string, unknown>> = {}): Room {
  const { stage } = stand.ivs.invoke('CreateStage', stageInput) as {
    stage: { arn: string; endpoints: { events: string; whip: string } }
  }
  const stageArn = stage.arn
  const key = signer()
  const keyArn = made(stand, 'ImportPublicKey', { publicKeyMaterial: key.pem }, 'publicKey').arn ?? ''
  const claims = (change: object = {}) => ({
    exp: Math.floor(stand.now / 1000) + 3600,
    iat: Math.floor(stand.now / 1000),
    jti: 'alice1',
    resource: stageArn,
    topic: stageArn.split('/')[1],
    events_url: stage.endpoints.events,
    whip_url: stage.endpoints.whip,
    user_id: 'alice',
    attributes: { name: 'Alice' },
    capabilities: { allow_publish: true, allow_subscribe: true },
    version: '1.0',
    ...change,
  })
  const apiToken = (input: object = {}) => {
    const { token = '', participantId = '' } = made(
      stand,
      'CreateParticipantToken',
      { stageArn, ...input },
      'participantToken',
    )
    return { token, participantId }
  }
  return {
    stageArn,
    key,
    keyArn,
    claims,
    selfSigned: (change, header) => key.sign({ alg: 'ES384', typ: 'JWT', kid: keyArn, ...header }, claims(change)),
    apiToken,
    enter({ publish = false, input = {} } = {}) {
      const { token, participantId } = apiToken(input)
      stand.ivs.side.join({ token })
      if (publish) stand.ivs.side.publish({ participantId })
      return participantId
    },
    sessionId: () => made(stand, 'GetStage', { arn: stageArn }, 'stage').activeSessionId ?? '',
  }
}

type Steps = { [K in keyof Side]: ReturnType<Side[K]> }[keyof Side]
/** The reason a step was refused for; `ok` when it was not. */
export const reasonOf = (result: Steps): string => (result.ok ? 'ok' : result.refusal.code)

/** What GetParticipant answers. */
export const participantOf = (stand: Stand, { stageArn }: Room, sessionId: string, participantId: string) =>
  made(stand, 'GetParticipant', { stageArn, sessionId, participantId }, 'participant') as Record<string, unknown>

/** Names of a participant's events, oldest first; with an error code after a colon where there is one. */
export function historyOf(stand: Stand, stageArn: string, sessionId: string, participantId: string): string[] {
  const input = { stageArn, sessionId, participantId, maxResults: 100 }
  const { events } = stand.ivs.invoke('ListParticipantEvents', input) as {
    events: { name: string; errorCode?: string }[]
  }
  return events.map(({ name, errorCode }) => (errorCode ? `${name}:${errorCode}` : name))
}

/** The exception an operation throws, by name; `none` when it does not. */
export function exceptionOf(stand: Stand, operation: string, input: Readonly<Record<string, unknown>>): string {
  try {
    stand.ivs.invoke(operation, input)
    return 'none'
  } catch (error) {
    return error instanceof Error ? error.name : 'none'
  }
}
