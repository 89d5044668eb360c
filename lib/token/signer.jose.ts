import { CompactSign } from 'jose'
import { Fault } from '../fault.ts'
import { asciiJson } from './ascii-json.ts'
import { claimsFor } from './claims.ts'
import type { TokenSigner } from './participant-token.ts'
import type { SigningKeys } from './signing-keys.ts'

/** Signs with ES384: raw R‖S, as JOSE and IVS want it (IVS facts §1.1, §1.3). `readSigningKeys` is expected to cache. */
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
      return await new CompactSign(Buffer.from(asciiJson(claimsFor(terms)), 'ascii'))
        .setProtectedHeader({ alg: 'ES384', typ: 'JWT', kid: key.publicKeyArn })
        .sign(key.privateKey)
    },
  }
}
