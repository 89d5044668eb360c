import { row } from './row.ts'
import { arnOf, name, page, pageToken, publicKeyPem, tags, text } from './scalars.ts'
import { list, required, structure } from './shape.ts'

const publicKey = structure({
  arn: arnOf('public-key'),
  name,
  publicKeyMaterial: publicKeyPem,
  fingerprint: text,
  tags,
})

const publicKeySummary = structure({ arn: arnOf('public-key'), name, tags })

export const publicKeyRows = {
  ImportPublicKey: row({
    tps: 3,
    errors: 'V AD PV C SQ',
    on: 'public-key',
    input: { publicKeyMaterial: required(publicKeyPem), name, tags },
    output: { publicKey },
  }),

  GetPublicKey: row({
    tps: 3,
    errors: 'V AD NF',
    on: ['arn'],
    input: { arn: required(arnOf('public-key')) },
    output: { publicKey },
  }),

  ListPublicKeys: row({
    tps: 3,
    errors: 'V AD',
    on: 'public-key',
    input: { ...page(100) },
    output: { publicKeys: required(list(publicKeySummary)), nextToken: pageToken },
  }),

  DeletePublicKey: row({
    tps: 3,
    errors: 'V AD PV NF C',
    on: ['arn'],
    input: { arn: required(arnOf('public-key')) },
    output: {},
  }),
} as const
