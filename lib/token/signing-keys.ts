import { createPrivateKey, type KeyObject } from 'node:crypto'
import { SecretProblem } from '../secret/secret-problem.ts'
import type { KeyId } from './participant-token.ts'
import { keyIdOf, parseSigningSecret } from './signing-secret.ts'

/** A key pair that can sign, ready to use: parsing a PEM costs as much as a signature. */
export interface SigningKey {
  readonly keyId: KeyId
  /** As IVS returned it, byte for byte: the token's `kid`. */
  readonly publicKeyArn: string
  readonly privateKey: KeyObject
}

export interface SigningKeys {
  readonly current: KeyId
  readonly byId: ReadonlyMap<KeyId, SigningKey>
}

/** Parses the signing secret. Throws `SecretProblem`, which says what is wrong with which key and quotes nothing. */
export function parseSigningKeys(text: string): SigningKeys {
  const { current, keys } = parseSigningSecret(text)
  const byId = new Map(
    keys.map(({ publicKeyArn, privateKeyPem }) => {
      const keyId = keyIdOf(publicKeyArn)
      return [keyId, { keyId, publicKeyArn, privateKey: parsePrivateKey(privateKeyPem, keyId) }]
    }),
  )
  return { current: keyIdOf(current), byId }
}

/** Reads a P-384 private key from PEM, PKCS#8 or SEC1. IVS takes no other curve (ES384). Throws `SecretProblem`. */
export function parsePrivateKey(pem: string, keyId: KeyId): KeyObject {
  const key = readPem(pem)
  if (key === undefined) throw new SecretProblem(`the private key of ${keyId} is not an unencrypted PEM private key`)
  if (key.asymmetricKeyType !== 'ec' || key.asymmetricKeyDetails?.namedCurve !== 'secp384r1') {
    throw new SecretProblem(`the private key of ${keyId} is not on the curve P-384`)
  }
  return key
}

function readPem(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey({ key: pem, format: 'pem' })
  } catch {
    return undefined
  }
}
