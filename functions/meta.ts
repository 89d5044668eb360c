import document from '../docs/openapi.json' with { type: 'json' }
import { createRequestLogger } from '../lib/http/request-logger.ts'
import { createEndpoint } from '../lib/http/stack.ts'
import { openLogLines } from '../lib/log/log-lines.ts'
import { healthRoute } from '../lib/meta/health.handler.ts'
import { openApiRoute } from '../lib/meta/openapi.handler.ts'
import { refuse } from '../lib/result.ts'
import { systemClock } from '../lib/time.ts'

/** Both routes are open to anyone: this function knows no issuer and has no rights in AWS. */
const logger = createRequestLogger(openLogLines(process.env))
export const handler = createEndpoint(
  { authenticate: async () => refuse({ code: 'login_invalid' }), clock: systemClock, logger },
  { ...healthRoute(document.info.version), ...openApiRoute(document) },
)
