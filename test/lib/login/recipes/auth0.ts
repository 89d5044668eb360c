import type { IssuerConfig } from '../../../../lib/config/config.ts'

export const auth0: IssuerConfig = {
  issuer: 'https://your-tenant.eu.auth0.com/',
  jwksUri: 'https://your-tenant.eu.auth0.com/.well-known/jwks.json',
  algorithms: ['RS256'],
  audience: 'https://api.example.com',
  rolesClaim: 'https://example.com/roles',
  roleMap: { 'Stage host': 'host', 'Stage moderator': 'moderator' },
  adminRoles: ['Stage admin'],
}
