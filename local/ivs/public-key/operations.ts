import { conflict, invalid, overQuota } from '../exception.ts'
import type { publicKeyRows } from '../model/public-key.ts'
import { pageOf } from '../wire/paging.ts'
import type { Effects } from '../wire/service.ts'
import { find, read, visible } from '../world/find.ts'
import type { PublicKeyRecord } from '../world/records.ts'
import { newResource } from '../world/resource.ts'
import { canonicalPem, fingerprintOf, parseP384 } from './key.ts'

/** Not adjustable, so it holds whether quotas are on or off. */
const MAX_PUBLIC_KEYS = 3
const PAGE = 50

const summary = ({ arn, name, tags }: PublicKeyRecord) => ({ arn, name, tags })
const detail = (key: PublicKeyRecord) => ({
  ...summary(key),
  publicKeyMaterial: key.pem,
  fingerprint: key.fingerprint,
})

export const publicKeyEffects: Effects<typeof publicKeyRows> = {
  ImportPublicKey(world, input) {
    const parsed = parseP384(input.publicKeyMaterial)
    if (!parsed) throw invalid('The public key material is not a public key on the curve P-384 in PEM.')
    const keys = [...world.publicKeys.values()]
    const isKnown = keys.some(({ pem }) => pem === canonicalPem(parsed))
    if (isKnown && world.assume.duplicateKeyImport === 'conflict') throw conflict('The public key is imported already.')
    if (keys.length >= MAX_PUBLIC_KEYS) throw overQuota('The account has as many public keys as it may have.')
    const key: PublicKeyRecord = {
      ...newResource(world, 'public-key', input),
      pem: canonicalPem(parsed),
      fingerprint: fingerprintOf(parsed),
    }
    world.publicKeys.set(key.arn, key)
    return { publicKey: detail(key) }
  },

  GetPublicKey: (world, { arn }) => ({ publicKey: detail(read(world, world.publicKeys, arn, 'public key')) }),

  ListPublicKeys(world, input) {
    const { items, nextToken } = pageOf('ListPublicKeys', visible(world, world.publicKeys), input, PAGE)
    return { publicKeys: items.map(summary), nextToken }
  },

  DeletePublicKey(world, { arn }) {
    const key = find(world.publicKeys, arn, 'public key')
    world.publicKeys.delete(arn)
    world.deletedKeys.set(arn, { ...key, deletedAt: world.now })
    return {}
  },
}
