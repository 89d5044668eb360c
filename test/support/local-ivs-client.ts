import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { type GetStageCommand, type GetStageCommandOutput, IVSRealTimeClient } from '@aws-sdk/client-ivs-realtime'
import type { Endpoints } from '../../lib/stage/stage.ts'
import { claimsFor } from '../../lib/token/claims.ts'
import type { TokenSigner } from '../../lib/token/participant-token.ts'
import type { Assumptions } from '../../local/ivs/assumptions.ts'
import type { EventBridgeEvent } from '../../local/ivs/event.ts'
import { createLocalIvs, type LocalIvs } from '../../local/ivs/local-ivs.ts'
import { T0 } from './participants.ts'

/**
 * The official client's `send`, answered by a local IVS in this process: without a wire, without call rates of IVS's own.
 * What a command has been given to run around its call is run.
 */
function localIvsClient(ivs: Pick<LocalIvs, 'invoke'>): IVSRealTimeClient {
  // The SDK's paginators ask for an instance of the client itself.
  const client = Object.create(IVSRealTimeClient.prototype)
  return Object.assign(client, {
    async send(command: GetStageCommand): Promise<unknown> {
      const commandName = command.constructor.name
      const given = Object.entries(command.input).filter(([, value]) => value !== undefined)
      const answer = () => withDates(ivs.invoke(commandName.replace(/Command$/, ''), Object.fromEntries(given)))
      const around = { commandName } as Parameters<typeof command.middlewareStack.resolve>[1]
      const handler = command.middlewareStack.resolve(
        async () => ({ output: answer() as GetStageCommandOutput, response: {} }),
        around,
      )
      return (await handler({ input: command.input })).output
    },
  })
}

/** The wire has ISO 8601 where the client answers dates. */
const withDates = (answer: unknown): unknown =>
  JSON.parse(JSON.stringify(answer ?? {}), (key, value) =>
    typeof value === 'string' && /Time$/.test(key) ? new Date(value) : value,
  )

/** One pair serves every local IVS of a test file: making one takes longer than most of what is done with it. */
let pair: { readonly publicPem: string; readonly privatePem: string } | undefined
function keyPair() {
  pair ??= (() => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' })
    const publicPem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
    return { publicPem, privatePem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() }
  })()
  return pair
}

/** Signs at once: a virtual clock stands still only for what takes no time. */
function signerOf(publicKeyArn: string): TokenSigner {
  const keyId = publicKeyArn.slice(publicKeyArn.lastIndexOf('/') + 1)
  const { privatePem } = keyPair()
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  return {
    keys: async () => ({ current: keyId, usable: [keyId] }),
    async sign(terms) {
      const signed = `${part({ alg: 'ES384', typ: 'JWT', kid: publicKeyArn })}.${part(claimsFor(terms))}`
      const key = { key: privatePem, dsaEncoding: 'ieee-p1363' } as const
      return `${signed}.${sign('sha384', Buffer.from(signed), key).toString('base64url')}`
    },
  }
}

interface Life {
  readonly name: string
  readonly at: number
}

/** A local IVS with one stage, whose tokens we sign. */
export function aLocalStage(options: {
  readonly clock: () => number
  readonly assume: Partial<Assumptions>
  readonly emit: (event: EventBridgeEvent) => void
}) {
  const ivs = createLocalIvs({ region: 'eu-west-1', account: '111122223333', randomBytes, ...options })
  const { stage } = ivs.invoke('CreateStage', {}) as {
    readonly stage: { readonly arn: string; readonly endpoints: { readonly events: string; readonly whip: string } }
  }
  const { publicKey } = ivs.invoke('ImportPublicKey', { publicKeyMaterial: keyPair().publicPem }) as {
    readonly publicKey: { readonly arn: string }
  }
  const { events, whip } = stage.endpoints
  const endpoints: Endpoints = { events, whip, version: 1, fetchedAt: T0 }
  const sessions = (): readonly string[] =>
    (
      ivs.invoke('ListStageSessions', { stageArn: stage.arn, maxResults: 100 }) as {
        readonly stageSessions: readonly { readonly sessionId: string }[]
      }
    ).stageSessions.map(({ sessionId }) => sessionId)
  const eventsOf = (id: string): readonly Life[] =>
    sessions().flatMap((sessionId) => {
      const input = { stageArn: stage.arn, sessionId, participantId: id, maxResults: 100 }
      const answer = ivs.invoke('ListParticipantEvents', input) as {
        readonly events: readonly { readonly name: string; readonly eventTime: string }[]
      }
      return answer.events.map(({ name, eventTime }) => ({ name, at: Date.parse(eventTime) }))
    })
  return {
    ...{ ivs, side: ivs.side, stageArn: stage.arn, endpoints, signer: signerOf(publicKey.arn) },
    client: localIvsClient(ivs),
    sessionNow: (): string | undefined =>
      (ivs.invoke('GetStage', { arn: stage.arn }) as { readonly stage: { readonly activeSessionId?: string } }).stage
        .activeSessionId,
    /** From when to when an id was connected, or published; the last may not have ended. */
    spansOf(id: string, from: 'JOINED' | 'PUBLISH_STARTED'): readonly Span[] {
      const until = from === 'JOINED' ? 'LEFT' : 'PUBLISH_STOPPED'
      return spans(
        eventsOf(id).filter(({ name }) => name === from || name === until),
        from,
      )
    },
  }
}

export interface Span {
  readonly from: number
  readonly until: number
}

function spans(events: readonly Life[], opening: string): readonly Span[] {
  const found: Span[] = []
  let since: number | undefined
  for (const { name, at } of events) {
    if (name === opening) since = at
    else if (since !== undefined) {
      found.push({ from: since, until: at })
      since = undefined
    }
  }
  return since === undefined ? found : [...found, { from: since, until: Number.POSITIVE_INFINITY }]
}
