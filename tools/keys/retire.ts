import { type EpochMs, isoOfMs, type Minutes, secondsOfMinutes } from '../../lib/time.ts'
import { keyIdOf, type SigningSecret } from '../../lib/token/signing-secret.ts'
import { done, type KeyPorts, type Report, refused } from './ports.ts'
import { isNamed, requireStoredKeys, type StoredKey, type StoredKeys, storedKeyNamed } from './stored-keys.ts'

export interface RetireOptions {
  readonly key: string
  /** The longest life of any token that the key may have signed. */
  readonly longestMinutes: Minutes
  /** The key is compromised: delete its public half at once, whatever tokens it takes along. */
  readonly compromised: boolean
  readonly now: EpochMs
}

/** How long a signer may go on with keys it has in memory. */
const CACHED_MS = 15 * 60 * 1000

/**
 * Takes a key out of use, in two steps with a wait between them: out of the secret, so that nothing more is signed with it;
 * then, when the last token it signed has run out, out of IVS. A deleted public key kills tokens that were not yet used.
 */
export async function retireKey(ports: KeyPorts, options: RetireOptions): Promise<Report> {
  const stored = await requireStoredKeys(ports.secretStore)
  if (!stored.ok) return stored.refusal
  const { secret } = stored.value
  if (isNamed(secret.current, options.key)) {
    return refused(`${keyIdOf(secret.current)} is current: activate another key first. Nothing was changed.`)
  }
  const key = storedKeyNamed(secret, options.key)
  return key === undefined
    ? await deleteFromIvs(ports, stored.value, options)
    : await removeFromSecret(ports, secret, key, options)
}

async function removeFromSecret(
  ports: KeyPorts,
  secret: SigningSecret,
  key: StoredKey,
  options: RetireOptions,
): Promise<Report> {
  const id = keyIdOf(key.publicKeyArn)
  await ports.secretStore.write(JSON.stringify({ ...secret, keys: secret.keys.filter((other) => other !== key) }))
  const removed = `${id} is no longer in the secret: signers stop using it within 15 minutes.`
  if (options.compromised) {
    await ports.publicKeys.remove(key.publicKeyArn)
    return done(removed, `${id} was deleted from IVS: no token it signed can join any more.`)
  }
  return done(
    removed,
    `Its public half stays in IVS for the tokens it signed. Run the same command again after ${isoOfMs(deletableAt(options.now, options))}.`,
  )
}

async function deleteFromIvs(ports: KeyPorts, { since }: StoredKeys, options: RetireOptions): Promise<Report> {
  const found = (await ports.publicKeys.list()).find((key) => isNamed(key.arn, options.key))
  if (found === undefined) return refused(`Neither the secret nor IVS has a key ${options.key}.`)
  const id = keyIdOf(found.arn)
  if (found.deployment !== ports.deployment) {
    return refused(`${id} is not tagged as ${ports.deployment}'s: it may be signing elsewhere. Nothing was changed.`)
  }
  // The secret has been without this key at least as long as it has been what it is now.
  const safeAt = deletableAt(since, options)
  if (!options.compromised && options.now < safeAt) {
    return refused(`Tokens signed by ${id} may live until ${isoOfMs(safeAt)}: try again then. Nothing was changed.`)
  }
  await ports.publicKeys.remove(found.arn)
  return done(`${id} was deleted from IVS.`)
}

const deletableAt = (removedAt: EpochMs, options: RetireOptions): EpochMs =>
  removedAt + CACHED_MS + secondsOfMinutes(options.longestMinutes) * 1000
