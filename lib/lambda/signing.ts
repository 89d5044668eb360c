import type { LogLines } from '../log/log-lines.ts'
import { cachedSecret } from '../secret/cached-secret.ts'
import { systemClock } from '../time.ts'
import type { TokenSigner } from '../token/participant-token.ts'
import { createTokenSigner } from '../token/signer.es384.ts'
import { parseSigningKeys } from '../token/signing-keys.ts'
import { secretsOnDemand } from './secrets-on-demand.ts'

/** Signs with the keys of the secret; trouble with it is logged, by name alone. */
export function openSigner(secretId: string, lines: Pick<LogLines, 'warn'>): TokenSigner {
  const readSigningKeys = cachedSecret({
    secretId,
    source: secretsOnDemand(),
    parse: parseSigningKeys,
    clock: systemClock,
    onTrouble: (trouble) => lines.warn('secret', { ...trouble }),
  })
  return createTokenSigner({ readSigningKeys })
}
