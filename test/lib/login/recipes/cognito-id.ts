import type { IssuerConfig } from '../../../../lib/config/config.ts'

export const cognitoId: IssuerConfig = {
  issuer: 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_EXAMPLE',
  jwksUri: 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_EXAMPLE/.well-known/jwks.json',
  algorithms: ['RS256'],
  audience: 'your-app-client-id',
  requiredClaims: { token_use: 'id', email_verified: true },
  rolesClaim: 'cognito:groups',
  roleMap: { hosts: 'host', moderators: 'moderator', members: 'viewer' },
  adminRoles: ['stage-admins'],
  attributeClaims: { plan: 'custom:plan' },
}
