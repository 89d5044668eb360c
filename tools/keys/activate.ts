import { keyIdOf } from '../../lib/token/signing-secret.ts'
import { problemOfPair } from './check-pair.ts'
import { done, type KeyPorts, type Report, refused } from './ports.ts'
import { requireStoredKeys, storedKeyNamed } from './stored-keys.ts'

/** Lets another key of the secret sign for new participants, once it is proven. Older participants keep theirs. */
export async function activateKey(ports: KeyPorts, name: string): Promise<Report> {
  const stored = await requireStoredKeys(ports.secretStore)
  if (!stored.ok) return stored.refusal
  const { secret } = stored.value
  const key = storedKeyNamed(secret, name)
  if (key === undefined) return refused(`The secret has no key ${name}. Nothing was changed.`)
  const problem = await problemOfPair(key, ports.publicKeys)
  if (problem !== undefined) {
    return refused(`${keyIdOf(key.publicKeyArn)} must not sign: ${problem}.`, 'Nothing was changed.')
  }
  if (key.publicKeyArn === secret.current) return done(`${keyIdOf(key.publicKeyArn)} is current already.`)
  await ports.secretStore.write(JSON.stringify({ ...secret, current: key.publicKeyArn }))
  return done(
    `${keyIdOf(key.publicKeyArn)} is current: signers use it within 15 minutes.`,
    `${keyIdOf(secret.current)} goes on signing for its own participants until it is retired.`,
  )
}
