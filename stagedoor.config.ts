import { defineConfig } from './lib/config/config.ts'

/**
 * Who may join and with which rights. Asked once for each deployment stage, at build and at start; every problem is
 * reported at once. docs/logins.md has a tested entry for Cognito, Auth0, Firebase, Clerk and Keycloak.
 *
 * As it stands nobody gets in: example.com is nobody's identity provider.
 */
export default defineConfig(({ deployment }) => ({
  // Logins of no other issuer are accepted, whatever they say about themselves.
  issuers: [
    {
      // An Amazon Cognito user pool. The real one is https://cognito-idp.<region>.amazonaws.com/<pool id>.
      issuer: 'https://cognito-idp.example.com/eu-central-1_EXAMPLE',
      jwksUri: 'https://cognito-idp.example.com/eu-central-1_EXAMPLE/.well-known/jwks.json',
      algorithms: ['RS256'],
      // Cognito's access tokens name the app client in `client_id`.
      audience: deployment === 'prod' ? 'your-production-app-client-id' : 'your-development-app-client-id',
      audienceClaim: 'client_id',
      requiredClaims: { token_use: 'access' },
      rolesClaim: 'cognito:groups',
      // Groups that are not listed here give no right.
      roleMap: { hosts: 'host', moderators: 'moderator' },
      adminRoles: ['stage-admins'],
    },
  ],

  // 'key-pair' where a signing secret is deployed (`npm run keys -- create`), else 'ivs'.
  // tokenMode: 'key-pair',

  // Any part of a built-in role (host, moderator, speaker, viewer), or a new role in full.
  // roles: { viewer: { maxDuration: 240 } },

  // Minutes. No token of this deployment outlives `max`; with `boundByLogin`, none outlives the login it was made for.
  // durations: { default: 180, max: 720, boundByLogin: false },

  // Days. Who did what to whom on a stage, and what happened there.
  // audit: { keepDays: 400 },
  // history: { keepDays: 30 },

  // Tells on the deployment's bus who was let in, once they are first seen on a stage (`participant.granted`).
  // domainEvents: { granted: false },

  // This deployment's part of what IVS allows the account in this Region. Two deployments: 0.4 each.
  // quotaShare: 0.8,

  // For browsers only, which send an origin. Empty: none. '*' alone: any.
  allowedOrigins: deployment === 'prod' ? ['https://app.example.com'] : ['http://localhost:5173'],
}))
