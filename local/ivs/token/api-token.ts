import { createHmac, timingSafeEqual } from 'node:crypto'
import { idOfArn } from '../world/identifiers.ts'
import type { Capability, StageRecord } from '../world/records.ts'
import type { World } from '../world/world.ts'
import type { Jws } from './jws.ts'

const SECRET = 'token-secret'
const SECRET_BYTES = 48
/** What IVS's own tokens show outside; SDKs read the payload, everyone else has to treat the whole as opaque. */
const HEADER = { alg: 'KMS', typ: 'JWT' }
const VERSION = '1.0'

export interface TokenRequest {
  readonly participantId: string
  readonly userId: string
  readonly attributes: Readonly<Record<string, string>>
  readonly capabilities: readonly Capability[]
  /** Whole seconds since the epoch. */
  readonly issuedAt: number
  readonly expiresAt: number
}

/** The server's own secret, made once and kept with the state so that tokens outlive a restart. */
function secretOf(world: World): Buffer {
  const known = world.secrets.get(SECRET)
  if (known) return Buffer.from(known.hex, 'hex')
  const hex = Buffer.from(world.randomBytes(SECRET_BYTES)).toString('hex')
  world.secrets.set(SECRET, { hex })
  return Buffer.from(hex, 'hex')
}

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const mac = (world: World, signed: string) => createHmac('sha384', secretOf(world)).update(signed).digest()

/** A token only this server can have made. Nothing about it is kept. */
export function mintApiToken(world: World, stage: StageRecord, request: TokenRequest): string {
  const payload = {
    exp: request.expiresAt,
    iat: request.issuedAt,
    jti: request.participantId,
    resource: stage.arn,
    topic: idOfArn(stage.arn),
    events_url: stage.endpoints.events,
    whip_url: stage.endpoints.whip,
    user_id: request.userId,
    attributes: request.attributes,
    capabilities: {
      allow_publish: request.capabilities.includes('PUBLISH'),
      allow_subscribe: request.capabilities.includes('SUBSCRIBE'),
    },
    version: VERSION,
  }
  const signed = `${base64url(HEADER)}.${base64url(payload)}`
  return `${signed}.${mac(world, signed).toString('base64url')}`
}

export const isApiToken = ({ header }: Jws): boolean => header.alg === HEADER.alg

export function isOurs(world: World, { signed, signature }: Jws): boolean {
  const expected = mac(world, signed)
  return signature.length === expected.length && timingSafeEqual(signature, expected)
}
