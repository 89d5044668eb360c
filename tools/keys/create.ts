import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { parseSigningKeys } from '../../lib/token/signing-keys.ts'
import { keyIdOf, MAX_SIGNING_KEYS, type SigningSecret } from '../../lib/token/signing-secret.ts'
import { publicKeyOf } from './check-pair.ts'
import {
  done,
  type KeyPorts,
  PUBLIC_KEY_SLOTS,
  type PublicKeys,
  type Report,
  refused,
  type SecretStore,
} from './ports.ts'
import { readStoredKeys } from './stored-keys.ts'

/**
 * Makes a P-384 pair, imports its public half and adds the private half to the secret. It signs from now on only if it is
 * the first or `activate` is set. Whatever fails on the way is undone; the private key is never printed or written to disk.
 */
export async function createKey(
  ports: KeyPorts,
  options: { readonly name: string; readonly activate: boolean },
): Promise<Report> {
  const stored = await readStoredKeys(ports.secretStore)
  if (!stored.ok) return stored.refusal
  const before = stored.value?.secret
  if (before !== undefined && before.keys.length >= MAX_SIGNING_KEYS) {
    return refused(`The secret already holds ${MAX_SIGNING_KEYS} keys: retire one first. Nothing was changed.`)
  }
  if ((await ports.publicKeys.list()).length >= PUBLIC_KEY_SLOTS) return slotsTaken()

  const pair = newPair()
  const arn = await importPublicHalf(ports.publicKeys, pair.publicKeyPem, options.name)
  if (arn === undefined) return slotsTaken()
  const current = before === undefined || options.activate ? arn : before.current
  const keys = [...(before?.keys ?? []), { publicKeyArn: arn, privateKeyPem: pair.privateKeyPem }]
  return (await storeOrUndo(ports, { current, keys }, arn)) ?? created(arn, current === arn)
}

function newPair(): { readonly privateKeyPem: string; readonly publicKeyPem: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' })
  return {
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  }
}

/** The imported key's ARN, or nothing if there is no slot. An import whose answer was lost is found again by its key. */
async function importPublicHalf(publicKeys: PublicKeys, pem: string, name: string): Promise<string | undefined> {
  const imported = await publicKeys.import({ pem, name })
  if (imported === 'full') return undefined
  if (imported !== 'exists') return imported.arn
  const wanted = createPublicKey(pem)
  for (const { arn } of await publicKeys.list()) {
    const found = await publicKeys.get(arn)
    if (found !== undefined && publicKeyOf(found.pem)?.equals(wanted)) return arn
  }
  throw new Error('IVS says that it has this public key already, but lists none that is equal')
}

/** Nothing if the secret was written, else what was done about it. */
async function storeOrUndo(ports: KeyPorts, secret: SigningSecret, arn: string): Promise<Report | undefined> {
  const text = JSON.stringify(secret)
  try {
    parseSigningKeys(text)
    await ports.secretStore.write(text)
    return undefined
  } catch (error) {
    const why = error instanceof Error ? error.message : 'Unknown'
    const outcome = await outcomeOfWrite(ports.secretStore, arn)
    if (outcome === 'written') return undefined
    if (outcome === 'unknown') {
      return refused(
        `The secret may or may not have been written (${why}).`,
        `The imported key ${arn} was left in place: see \`npm run keys -- list\` and \`verify\`.`,
      )
    }
    return await undoImport(ports.publicKeys, arn, why)
  }
}

/** A write whose answer was lost may have happened: deleting its public key would then kill the key that signs. */
async function outcomeOfWrite(store: SecretStore, arn: string): Promise<'written' | 'not written' | 'unknown'> {
  try {
    const stored = await readStoredKeys(store)
    if (!stored.ok) return 'unknown'
    return stored.value?.secret.keys.some((key) => key.publicKeyArn === arn) ? 'written' : 'not written'
  } catch {
    return 'unknown'
  }
}

async function undoImport(publicKeys: PublicKeys, arn: string, why: string): Promise<Report> {
  const notStored = `The secret could not be written (${why}).`
  try {
    await publicKeys.remove(arn)
    return refused(notStored, 'The imported public key was deleted again: nothing has changed.')
  } catch {
    return refused(notStored, `The imported public key could not be deleted either: delete ${arn} by hand.`)
  }
}

const slotsTaken = (): Report =>
  refused(
    `IVS already has ${PUBLIC_KEY_SLOTS} public keys in this Region, and AWS does not allow more.`,
    'See `npm run keys -- list`; free a slot with `retire`. Nothing was changed.',
  )

const created = (arn: string, isCurrent: boolean): Report =>
  done(
    `Created ${arn}.`,
    isCurrent ? 'It is current: signers use it within 15 minutes.' : 'It does not sign yet.',
    isCurrent
      ? 'Next: `npm run keys -- verify`.'
      : `Next: \`npm run keys -- verify\`, then \`npm run keys -- activate ${keyIdOf(arn)}\`.`,
  )
