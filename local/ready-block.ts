import type { LocalInfo } from './control/control.ts'

/** The one block that says the twin is ready. `login`: of a new user, unless other issuers were configured. */
export function readyBlock(info: LocalInfo, login: string | undefined, startedInMs: number): string {
  const stage = info.demoStage ?? 'STAGE'
  const lines = [
    `Stagedoor is ready at ${info.api} (${(startedInMs / 1000).toFixed(1)} s)`,
    '',
    `  local IVS        ${info.ivs}`,
    `  local DynamoDB   ${info.dynamodb}`,
    `  control          ${info.api}/_local`,
    '',
    login === undefined ? 'Join a stage, with a login of the issuers in AUTH_ISSUERS:' : 'Join as a new user:',
    '',
    `  curl -sX POST ${info.api}/v1/stages/${stage}/join -H 'Authorization: Bearer ${login ?? 'LOGIN'}'`,
    '',
    'Ctrl-C ends it.',
  ]
  return `${lines.join('\n')}\n`
}
