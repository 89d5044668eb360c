import { sign } from 'node:crypto'
import { Fault } from '../fault.ts'
import { asciiJson } from './ascii-json.ts'
import { claimsFor } from './claims.ts'
import type { TokenSigner } from './participant-token.ts'
import type { SigningKey, SigningKeys } from './signing-keys.ts'

/**
 * Signs with ES384: raw R‖S, as JOSE and IVS want it (IVS facts §1.1, §1.3). On this thread: a hop to another costs more
 * than the rest of the token, and a Lambda has nothing else to do meanwhile. `readSigningKeys` is expected to cache.
 */
export function createTokenSigner(deps: { readonly readSigningKeys: () => Promise<SigningKeys> }): TokenSigner {
  return {
    async keys() {
      const { current, byId } = await deps.readSigningKeys()
      return { current, usable: [...byId.keys()] }
    },

    async sign(terms, keyId) {
      const key = (await deps.readSigningKeys()).byId.get(keyId)
      // The secret can be read again between `keys()` and here. A retry then meets the keys that are there now.
      if (key === undefined) throw new Fault('storage_unavailable', `the signing secret no longer has the key ${keyId}`)
      return compact(key, asciiJson(claimsFor(terms)))
    },
  }
}

/** The compact serialization of RFC 7515 §7.1. */
function compact({ publicKeyArn, privateKey }: SigningKey, payload: string): string {
  const header = asciiJson({ alg: 'ES384', typ: 'JWT', kid: publicKeyArn })
  const input = `${base64url(header)}.${base64url(payload)}`
  const signature = sign('sha384', Buffer.from(input, 'ascii'), { key: privateKey, dsaEncoding: 'ieee-p1363' })
  return `${input}.${signature.toString('base64url')}`
}

const base64url = (ascii: string): string => Buffer.from(ascii, 'ascii').toString('base64url')
