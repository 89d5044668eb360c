import type { World } from './world.ts'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const ID_LENGTH = 12
const SESSION_ID_LENGTH = 16

/** Letters and digits, as IVS's own ids are. Bytes that would favour some letters are thrown away. */
export function randomText(world: World, length: number): string {
  let text = ''
  while (text.length < length) {
    for (const byte of world.randomBytes(length * 2)) {
      if (byte < ALPHABET.length * 4 && text.length < length) text += ALPHABET[byte % ALPHABET.length]
    }
  }
  return text
}

export const randomId = (world: World): string => randomText(world, ID_LENGTH)
export const newArn = (world: World, kind: string): string =>
  `arn:aws:ivs:${world.region}:${world.account}:${kind}/${randomId(world)}`
export const newSessionId = (world: World): string => `st-${randomText(world, SESSION_ID_LENGTH - 3)}`
/** What follows the last slash: the `topic` of a stage's tokens. */
export const idOfArn = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1)
/** `stage` of `arn:aws:ivs:…:stage/…`. */
export const kindOfArn = (arn: string): string => arn.split(':')[5]?.split('/')[0] ?? ''

/** A version 4 UUID (RFC 9562 §5.4). */
export function randomUuid(world: World): string {
  const bytes = Buffer.from(world.randomBytes(16))
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
