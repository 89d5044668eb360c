import { createHash } from 'node:crypto'
import type { ParticipantId } from '../ids.ts'

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** 131 bits. Letters and digits alone: `_` and `-` are not safe everywhere in IVS (IVS facts §1.5). */
const LENGTH = 22
/** So many more bits than the id holds that the remainder is uniform to within 2^-124. */
const ENTROPY_BYTES = 32

/** An id nobody can guess, for a participant that has no idempotency key. `randomBytes` is a CSPRNG's. */
export function newParticipantId(randomBytes: (size: number) => Uint8Array): ParticipantId {
  return base62(randomBytes(ENTROPY_BYTES))
}

/** Always the same id for the same parts, and for no others: what makes a retry meet its own participant. */
export function participantIdFor(parts: readonly string[]): ParticipantId {
  const hash = createHash('sha256')
  for (const part of parts) {
    const bytes = Buffer.from(part, 'utf8')
    const length = Buffer.alloc(4)
    length.writeUInt32BE(bytes.length)
    hash.update(length).update(bytes)
  }
  return base62(hash.digest())
}

function base62(bytes: Uint8Array): ParticipantId {
  if (bytes.length !== ENTROPY_BYTES) throw new RangeError(`a participant id is made of ${ENTROPY_BYTES} bytes`)
  let rest = BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
  let id = ''
  while (id.length < LENGTH) {
    id += ALPHABET.charAt(Number(rest % 62n))
    rest /= 62n
  }
  return id as ParticipantId
}
