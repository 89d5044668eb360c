import type { IssuerConfig } from '../../../../lib/config/config.ts'

export const firebase: IssuerConfig = {
  issuer: 'https://securetoken.google.com/your-project-id',
  jwksUri: 'https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com',
  algorithms: ['RS256'],
  audience: 'your-project-id',
  rolesClaim: 'stageRoles',
  adminRoles: ['admin'],
  stagesClaim: 'stages',
  maxRole: 'host',
}
