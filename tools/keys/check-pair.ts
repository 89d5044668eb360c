import { createPublicKey, type KeyObject, randomBytes, sign, verify } from 'node:crypto'
import { SecretProblem } from '../../lib/secret/secret-problem.ts'
import { parsePrivateKey } from '../../lib/token/signing-keys.ts'
import { keyIdOf } from '../../lib/token/signing-secret.ts'
import type { PublicKeys } from './ports.ts'
import type { StoredKey } from './stored-keys.ts'

/**
 * Proves that a stored private key and the public key IVS has under its ARN belong together: IVS stays silent when they do
 * not, and every join fails (IVS facts §1.7). Answers what is wrong, or nothing.
 */
export async function problemOfPair(key: StoredKey, publicKeys: PublicKeys): Promise<string | undefined> {
  const privateKey = privateKeyOf(key)
  if (typeof privateKey === 'string') return privateKey
  const imported = await publicKeys.get(key.publicKeyArn)
  if (imported === undefined) return 'IVS has no public key with this ARN in this account and Region'
  const publicKey = publicKeyOf(imported.pem)
  if (publicKey === undefined) return 'the public key in IVS cannot be read'
  if (!createPublicKey(privateKey).equals(publicKey)) return 'the public key in IVS belongs to another private key'
  return answersChallenge(privateKey, publicKey) ? undefined : 'a signature by the private key does not verify'
}

function privateKeyOf(key: StoredKey): KeyObject | string {
  try {
    return parsePrivateKey(key.privateKeyPem, keyIdOf(key.publicKeyArn))
  } catch (error) {
    if (error instanceof SecretProblem) return error.message
    throw error
  }
}

/** A PEM as a key; absent where it is none. */
export function publicKeyOf(pem: string): KeyObject | undefined {
  try {
    return createPublicKey({ key: pem, format: 'pem' })
  } catch {
    return undefined
  }
}

function answersChallenge(privateKey: KeyObject, publicKey: KeyObject): boolean {
  const challenge = randomBytes(32)
  const signature = sign('sha384', challenge, { key: privateKey, dsaEncoding: 'ieee-p1363' })
  return verify('sha384', challenge, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature)
}
