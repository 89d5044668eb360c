import document from '../docs/openapi.json' with { type: 'json' }
import { openLambdaLog } from '../lib/http/request-logger.powertools.ts'
import { createEndpoint } from '../lib/http/stack.ts'
import { healthRoute } from '../lib/meta/health.handler.ts'
import { openApiRoute } from '../lib/meta/openapi.handler.ts'
import { refuse } from '../lib/result.ts'
import { systemClock } from '../lib/time.ts'

/** Both routes are open to anyone: this function knows no issuer and has no rights in AWS. */
export const handler = createEndpoint(
  { authenticate: async () => refuse({ code: 'login_invalid' }), clock: systemClock, logger: openLambdaLog() },
  { ...healthRoute(document.info.version), ...openApiRoute(document) },
)
