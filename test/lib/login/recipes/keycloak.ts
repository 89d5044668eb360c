import type { IssuerConfig } from '../../../../lib/config/config.ts'

export const keycloak: IssuerConfig = {
  issuer: 'https://keycloak.example.com/realms/your-realm',
  jwksUri: 'https://keycloak.example.com/realms/your-realm/protocol/openid-connect/certs',
  algorithms: ['RS256', 'ES256'],
  audience: 'your-app-client-id',
  audienceClaim: 'azp',
  requiredClaims: { typ: 'Bearer' },
  rolesClaim: ['realm_access', 'roles'],
  roleMap: { 'stage-host': 'host', 'stage-moderator': 'moderator' },
  adminRoles: ['stage-admin'],
  attributeClaims: { locale: 'locale' },
}
