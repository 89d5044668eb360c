import { ADMIN_ACCESS_KEY_ID, accessKeyIdOf } from '../lambda/access-key.ts'

/** Who signs an AWS call. Only functions have a role here; `developer` is anyone with keys of their own. */
export type AwsCaller =
  | { readonly kind: 'function'; readonly name: string }
  | { readonly kind: 'developer' }
  | { readonly kind: 'admin' }

/** The access key id in a SigV4 `Authorization` header or presigned query; `undefined`: the request is not signed. */
function accessKeyIdIn(authorization: string | undefined, query: string): string | undefined {
  const header = /^AWS4-HMAC-SHA256\s.*?Credential=([A-Za-z0-9]+)\//.exec(authorization ?? '')?.[1]
  return header ?? new URLSearchParams(query).get('X-Amz-Credential')?.split('/')[0]
}

/** Reads who signs. The signature itself is not checked: the twin has no secrets worth one, and listens on loopback only. */
export function createCallers(functionNames: readonly string[]) {
  const byKey = new Map(functionNames.map((name) => [accessKeyIdOf(name), name]))
  return (authorization: string | undefined, query: string): AwsCaller | undefined => {
    const accessKeyId = accessKeyIdIn(authorization, query)
    if (accessKeyId === undefined) return undefined
    if (accessKeyId === ADMIN_ACCESS_KEY_ID) return { kind: 'admin' }
    const name = byKey.get(accessKeyId)
    return name === undefined ? { kind: 'developer' } : { kind: 'function', name }
  }
}
