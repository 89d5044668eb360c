import { generateKeyPairSync } from 'node:crypto'
import type { ParticipantId, UserId } from '../../../lib/ids.ts'
import type { SignedTerms } from '../../../lib/token/participant-token.ts'

/** Terms that can be signed, with the given parts replaced. */
export function signedTerms(over: Partial<SignedTerms> = {}): SignedTerms {
  return {
    stageArn: 'arn:aws:ivs:eu-west-1:111122223333:stage/aBcD1234',
    userId: 'ada' as UserId,
    capabilities: ['PUBLISH', 'SUBSCRIBE'],
    attributes: { role: 'host' },
    participantId: 'p0000000000000000000Q1' as ParticipantId,
    endpoints: { events: 'wss://global.events.live-video.net', whip: 'https://0a1b.global-bm.whip.live-video.net' },
    issuedAt: 1_800_000_000,
    expiresAt: 1_800_010_800,
    ...over,
  }
}

export const publicKeyArn = (id: string): string => `arn:aws:ivs:eu-west-1:111122223333:public-key/${id}`

export interface Pem {
  readonly privateKeyPem: string
  readonly publicKeyPem: string
}

/** A fresh key pair on the named curve. */
export function keyPair(namedCurve = 'P-384'): Pem {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve })
  return {
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  }
}

/** A signing secret's text, from key ids and their private keys; the first id is current. */
export function signingSecretText(
  keys: Readonly<Record<string, string>>,
  current = Object.keys(keys)[0] ?? '',
): string {
  return JSON.stringify({
    current: publicKeyArn(current),
    keys: Object.entries(keys).map(([id, privateKeyPem]) => ({ publicKeyArn: publicKeyArn(id), privateKeyPem })),
  })
}
