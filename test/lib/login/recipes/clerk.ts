import type { IssuerConfig } from '../../../../lib/config/config.ts'

export const clerk: IssuerConfig = {
  issuer: 'https://your-app.clerk.accounts.dev',
  jwksUri: 'https://your-app.clerk.accounts.dev/.well-known/jwks.json',
  algorithms: ['RS256'],
  audience: ['https://app.example.com', 'http://localhost:3000'],
  audienceClaim: 'azp',
  requiredClaims: { v: 2 },
  rolesClaim: ['metadata', 'stageRole'],
  roleMap: { host: 'host', moderator: 'moderator' },
  adminRoles: ['admin'],
}
