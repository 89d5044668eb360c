import jwt from 'jsonwebtoken'

export interface Terms {
  readonly pem: string
  readonly stageArn: string
  readonly userId: string
  readonly participantId: string
  readonly attributes: Readonly<Record<string, string>>
  readonly endpoints: { readonly events: string; readonly whip: string }
}

/** As the service's guide for self-signed tokens shows it; the key is parsed from its text each time. */
export function signToken({ pem, stageArn, userId, participantId, attributes, endpoints }: Terms): string {
  return jwt.sign(
    {
      resource: stageArn,
      topic: stageArn.slice(stageArn.lastIndexOf('/') + 1),
      events_url: endpoints.events,
      whip_url: endpoints.whip,
      capabilities: { allow_subscribe: true },
      version: '1.0',
      user_id: userId,
      attributes,
    },
    pem,
    { algorithm: 'ES384', keyid: process.env.PATTERN_PUBLIC_KEY_ARN ?? '', jwtid: participantId, expiresIn: '3h' },
  )
}
