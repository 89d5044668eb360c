import { IvsException } from '../exception.ts'

const SIGNATURE =
  /^AWS4-HMAC-SHA256 Credential=([^/,\s]+)\/(\d{8})\/([a-z0-9-]+)\/([a-z0-9-]+)\/aws4_request,\s*SignedHeaders=[a-z0-9;_-]+,\s*Signature=[0-9a-f]{64}$/

/**
 * Checks that a request is signed for this service in this region (Signature Version 4). The secret key is not known here,
 * so the signature itself is not computed again.
 */
export function checkSignature(authorization: string | undefined, region: string): void {
  if (authorization === undefined || authorization === '')
    throw new IvsException('MissingAuthenticationToken', 'The request has no Authorization header.')
  const [, , , scopeRegion, service] = SIGNATURE.exec(authorization) ?? []
  if (service === undefined)
    throw new IvsException('IncompleteSignature', 'The Authorization header is not a SigV4 one.')
  if (service !== 'ivs')
    throw new IvsException('IncompleteSignature', "The credential's scope must name the service 'ivs'.")
  if (scopeRegion !== region)
    throw new IvsException('IncompleteSignature', `The credential's scope must name the region '${region}'.`)
}
