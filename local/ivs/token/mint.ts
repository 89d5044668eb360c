import { isoOfSeconds, secondsOf, secondsOfMinutes } from '../../../lib/time.ts'
import { invalid } from '../exception.ts'
import { randomId } from '../world/identifiers.ts'
import type { Capability, StageRecord } from '../world/records.ts'
import type { World } from '../world/world.ts'
import { mintApiToken } from './api-token.ts'
import { attributesFit } from './attributes.ts'

const DEFAULT_MINUTES = 720

export interface TokenInput {
  /** Minutes. */
  readonly duration?: number | undefined
  readonly userId?: string | undefined
  readonly attributes?: Readonly<Record<string, string>> | undefined
  readonly capabilities?: readonly Capability[] | undefined
}

/** What the model's constraints leave open about a token's input. */
export function checkTokenInput(world: World, { attributes, capabilities }: TokenInput): void {
  if (attributes && !attributesFit(attributes, world.assume)) throw invalid('The attributes exceed 1 KB.')
  if (capabilities?.length === 0 && world.assume.emptyCapabilities === 'refused')
    throw invalid('The capabilities must not be empty.')
}

function capabilitiesOf(world: World, asked: readonly Capability[] | undefined): readonly Capability[] {
  const isEmpty = asked === undefined || (asked.length === 0 && world.assume.emptyCapabilities === 'both')
  return isEmpty ? ['PUBLISH', 'SUBSCRIBE'] : [...new Set(asked)]
}

/** A token for a participant id of IVS's own making. */
export function mintToken(world: World, stage: StageRecord, input: TokenInput) {
  const { duration = DEFAULT_MINUTES, userId, attributes } = input
  const participantId = randomId(world)
  const capabilities = capabilitiesOf(world, input.capabilities)
  const issuedAt = secondsOf(world.now)
  const expiresAt = issuedAt + secondsOfMinutes(duration)
  const request = {
    participantId,
    capabilities,
    issuedAt,
    expiresAt,
    userId: userId ?? '',
    attributes: attributes ?? {},
  }
  const token = mintApiToken(world, stage, request)
  const echo = world.assume.tokenEcho ? { userId, attributes, duration } : {}
  return { participantId, token, capabilities, expirationTime: isoOfSeconds(expiresAt), ...echo }
}
