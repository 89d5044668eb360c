import * as z from 'zod/mini'
import { parseKeySetUrl } from '../login/key-set-url.ts'

const MAX_TOLERANCE_SECONDS = 60
const MAX_TEXT = 512
const MAX_CLAIM_DEPTH = 8
/** More would not fit the 1,024 bytes that a token's attributes have. */
const MAX_ATTRIBUTE_CLAIMS = 16

const text = z
  .string('must be text')
  .check(z.minLength(1, 'must not be empty'), z.maxLength(MAX_TEXT, `must be at most ${MAX_TEXT} characters`))

const textList = z.array(text, 'must be a list of texts').check(z.minLength(1, 'must not be empty'))

const claimName = z.union(
  [
    text,
    z
      .array(text)
      .check(
        z.minLength(1, 'must not be empty'),
        z.maxLength(MAX_CLAIM_DEPTH, `must be at most ${MAX_CLAIM_DEPTH} names`),
      ),
  ],
  'must be a claim name or a path (a list) of claim names',
)

const audience = z.union([text, textList], 'must be a text or a list of texts')

const ATTRIBUTE_NAME = /^[A-Za-z][\w.-]{0,63}$/

export const attributeName = z.string('must be text').check(z.regex(ATTRIBUTE_NAME, 'is not an attribute name'))

/** The shape of one issuer's entry. What its parts mean for each other is in issuer-rules.ts. */
export const issuerSchema = z.strictObject(
  {
    issuer: text,
    audience,
    audienceClaim: z.exactOptional(z.enum(['aud', 'client_id', 'azp'], 'must be aud, client_id or azp')),
    requiredClaims: z.exactOptional(
      z.record(
        text,
        z.union([z.string(), z.number(), z.boolean()], 'must be text, a number, true or false'),
        'must name claims and their values',
      ),
    ),
    jwksUri: z.exactOptional(
      text.check(
        z.refine(
          (value) => parseKeySetUrl(value) !== undefined,
          'must be an https URL without credentials or fragment (plain http to loopback only)',
        ),
      ),
    ),
    jwks: z.exactOptional(
      z.looseObject(
        {
          keys: z
            .array(z.record(z.string(), z.unknown(), 'must be a JSON Web Key'), 'must be a list of JSON Web Keys')
            .check(z.minLength(1, 'must hold at least one key')),
        },
        'must be a JSON Web Key Set: { keys: […] }',
      ),
    ),
    hmacSecretId: z.exactOptional(text),
    algorithms: z.exactOptional(textList),
    userIdClaim: z.exactOptional(claimName),
    userIdPrefix: z.exactOptional(z.string('must be text').check(z.maxLength(64, 'must be at most 64 characters'))),
    rolesClaim: z.exactOptional(claimName),
    roleMap: z.exactOptional(z.record(text, text, 'must map group names to role names')),
    adminRoles: z.exactOptional(textList),
    stagesClaim: z.exactOptional(claimName),
    maxRole: z.exactOptional(text),
    stageIdPrefix: z.exactOptional(
      z
        .string('must be text')
        .check(
          z.regex(/^([a-z0-9][a-z0-9-]{0,62})?$/, 'must be the beginning of a stage id: lower-case letters, digits, -'),
        ),
    ),
    attributeClaims: z.exactOptional(
      z
        .record(attributeName, claimName, 'must map attribute names to claims')
        .check(
          z.refine(
            (map) => Object.keys(map).length <= MAX_ATTRIBUTE_CLAIMS,
            `must be at most ${MAX_ATTRIBUTE_CLAIMS} attributes`,
          ),
        ),
    ),
    clockToleranceSeconds: z.exactOptional(
      z
        .int('must be whole seconds')
        .check(
          z.gte(0, 'must be at least 0'),
          z.lte(MAX_TOLERANCE_SECONDS, `must be at most ${MAX_TOLERANCE_SECONDS}`),
        ),
    ),
  },
  'must be an issuer entry',
)
