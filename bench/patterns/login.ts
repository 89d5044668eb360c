import jwt from 'jsonwebtoken'

const { PATTERN_LOGIN_KEY: key = '', PATTERN_ISSUER: issuer, PATTERN_AUDIENCE: audience } = process.env

/** The user behind a request, as most samples tell: one library call with a key from the environment. Throws if it is none. */
export function userOf(event: { readonly headers: Readonly<Record<string, string | undefined>> }): string {
  const token = (event.headers.authorization ?? '').replace('Bearer ', '')
  const claims = jwt.verify(token, key, { algorithms: ['RS256'], issuer: issuer ?? '', audience: audience ?? '' })
  return typeof claims === 'string' ? '' : (claims.sub ?? '')
}
