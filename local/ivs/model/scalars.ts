import { integer, map, oneOf, type Shape, string } from './shape.ts'

const arnPattern = (kind: string) => `arn:aws:ivs:[a-z0-9-]+:[0-9]+:${kind}/[a-zA-Z0-9-]+`

export const text = string()
export const shortText = string({ min: 0, max: 128 })
export const name = string({ min: 0, max: 128, pattern: /^[a-zA-Z0-9_-]*$/ })
export const arnOf = (kind: string): Shape<string> =>
  string({ min: 1, max: 128, pattern: new RegExp(`^${arnPattern(kind)}$`) })
export const arnOrEmpty = (kind: string): Shape<string> =>
  string({ min: 0, max: 128, pattern: new RegExp(`^$|^${arnPattern(kind)}$`) })
/** The model's pattern allows one letter as the kind and so matches no ARN there is; this is what it must mean. */
export const anyArn = string({ min: 1, max: 128, pattern: new RegExp(`^${arnPattern('[a-z-]+')}$`) })

/** No underscore, although tokens may be signed for an id that has one: such a participant cannot be asked for. */
export const participantId = string({ min: 0, max: 64, pattern: /^[a-zA-Z0-9-]*$/ })
export const participantIdWithUnderscore = string({ min: 0, max: 64, pattern: /^[a-zA-Z0-9_-]*$/ })
/** The model says exactly 16 characters; the service's own samples do not keep to it, so the length is not enforced. */
export const sessionId = string({ min: 1, max: 128, pattern: /^st-[a-zA-Z0-9]+$/ })
export const capability = oneOf('PUBLISH', 'SUBSCRIBE')
export const attributes = map(text, text)
export const tags = map(string({ min: 1, max: 128 }), string({ min: 0, max: 256 }), { min: 0, max: 50 })

export const publicKeyPem = string({
  pattern: /^.*-----BEGIN PUBLIC KEY-----\r?\n[a-zA-Z0-9+/=\r\n]+\r?\n-----END PUBLIC KEY-----(\r?\n)?.*$/,
})
export const streamKey = string({ pattern: /^rt_[0-9]+_[a-z0-9-]+_[a-zA-Z0-9-]+_.+$/ })
export const clientText = string({ min: 0, max: 128, pattern: /^[a-zA-Z0-9-_.,:;\s]*$/ })
/** The model's pattern has no slash, the prefixes in its own samples do. */
export const recordingPrefix = string({ min: 0, max: 256, pattern: /^[a-zA-Z0-9/-]*$/ })

export const pageToken = string({ min: 0, max: 1024, pattern: /^[a-zA-Z0-9+/=_-]*$/ })
export const page = (max: number) => ({ nextToken: pageToken, maxResults: integer({ min: 1, max }) })
