import type { Plugin } from 'esbuild'

const PROVIDER = `
const read = () => {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) throw new Error('no AWS credentials in the environment')
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
  }
}
export const defaultProvider = () => {
  let credentials
  return async () => (credentials ??= read())
}`

/**
 * The SDK's credential chain (files, SSO, containers, instance metadata: 130 KB) replaced by the one source a Lambda
 * has: its environment. It cannot change while a Lambda lives, so it is read once per client.
 */
export function envCredentials(): Plugin {
  return {
    name: 'env-credentials',
    setup(build) {
      build.onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, ({ path }) => ({
        path,
        namespace: 'env-credentials',
      }))
      build.onLoad({ filter: /./, namespace: 'env-credentials' }, () => ({ contents: PROVIDER, loader: 'js' }))
    },
  }
}
