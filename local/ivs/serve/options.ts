import { parseArgs } from 'node:util'
import { UsageError } from '../../options.ts'
import { type Assumptions, parseAssumption } from '../assumptions.ts'

export interface ServeOptions {
  readonly port: number
  readonly region: string
  readonly account: string
  /** Where EventBridge events are posted to. */
  readonly events?: string
  readonly data?: string
  readonly quotas: boolean
  readonly assume: Partial<Assumptions>
}

const FLAGS = {
  port: { type: 'string', default: '3100' },
  region: { type: 'string', default: 'us-east-1' },
  account: { type: 'string', default: '000000000000' },
  events: { type: 'string' },
  data: { type: 'string' },
  quotas: { type: 'boolean', default: false },
  assume: { type: 'string', multiple: true, default: [] as string[] },
} as const

function check(isRight: boolean, flag: string, what: string): void {
  if (!isRight) throw new UsageError(`--${flag} needs ${what}`)
}

function parseFlags(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: FLAGS }).values
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : 'unknown flag')
  }
}

function assumptionsOf(texts: readonly string[]): Partial<Assumptions> {
  return Object.assign(
    {},
    ...texts.map((text) => {
      const parsed = parseAssumption(text)
      check(parsed !== undefined, 'assume', `name=value from docs/local-ivs.md, not ${text}`)
      return parsed
    }),
  )
}

/** Reads the command line of `npm run ivs`. Throws a `UsageError` that names what is wrong. */
export function parseServeOptions(args: readonly string[]): ServeOptions {
  const { port, region, account, events, data, quotas, assume } = parseFlags(args)
  check(/^\d{1,5}$/.test(port) && Number(port) <= 65_535, 'port', 'a number from 0 (any free one) to 65535')
  check(/^[a-z]{2}(-[a-z]+)+-\d$/.test(region), 'region', 'a region, like us-east-1')
  check(/^\d{12}$/.test(account), 'account', 'twelve digits')
  check(data !== '', 'data', 'a directory')
  check(events === undefined || /^https?:$/.test(protocolOf(events)), 'events', 'an http address')
  return {
    port: Number(port),
    region,
    account,
    quotas,
    assume: assumptionsOf(assume),
    ...(events === undefined ? {} : { events }),
    ...(data === undefined ? {} : { data }),
  }
}

const protocolOf = (url: string): string => (URL.canParse(url) ? new URL(url).protocol : '')
