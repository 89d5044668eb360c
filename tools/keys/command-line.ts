import { parseArgs } from 'node:util'
import type { EpochMs } from '../../lib/time.ts'
import { activateKey } from './activate.ts'
import { createKey } from './create.ts'
import { listKeys } from './list.ts'
import { done, type KeyPorts, type Report, refused } from './ports.ts'
import { retireKey } from './retire.ts'
import { verifyKeys } from './verify.ts'

const USAGE = `npm run keys -- <command> [options]

  create                make a key pair, import the public half, store the private half in the secret
                        [--name NAME] [--activate]
  verify                prove that each stored private key and its public key in IVS belong together
  list                  what IVS has, what the secret has, which key is current, free slots
  activate KEY          let this key of the secret sign for new participants
  retire KEY            take a key out of the secret; run again later, out of IVS
                        [--longest MINUTES] [--compromised]

  --stage STAGE         deployment stage (dev)
  --secret ID           the signing secret (stagedoor/STAGE/signing)
  KEY is a public key's ARN or what follows its last slash. Region and credentials: AWS_REGION, AWS_PROFILE, …`

const OPTIONS = {
  stage: { type: 'string', default: 'dev' },
  secret: { type: 'string' },
  name: { type: 'string' },
  activate: { type: 'boolean', default: false },
  longest: { type: 'string', default: '20160' },
  compromised: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

const STAGE = /^[A-Za-z0-9-]{1,64}$/
/** IVS's own pattern for a name. */
const NAME = /^[A-Za-z0-9_-]{1,128}$/
/** IVS allows no longer life: 14 days. */
const MAX_LONGEST_MINUTES = 20_160

interface Invocation {
  readonly args: readonly string[]
  readonly now: EpochMs
  readonly portsFor: (target: { readonly secretId: string; readonly deployment: string }) => KeyPorts
}

type Values = ReturnType<typeof parse>['values']

/** Runs one command line. Never throws: what goes wrong is the report. */
export async function runKeys({ args, now, portsFor }: Invocation): Promise<Report> {
  try {
    const { values, positionals } = parse(args)
    if (values.help) return done(USAGE)
    const problem = problemOf(values)
    if (problem !== undefined) return refused(problem)
    const { stage, secret = `stagedoor/${stage}/signing` } = values
    return await runCommand(portsFor({ secretId: secret, deployment: `stagedoor-${stage}` }), positionals, values, now)
  } catch (error) {
    return refused(error instanceof Error ? error.message : 'Unknown')
  }
}

const parse = (args: readonly string[]) => parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true })

function problemOf({ stage, name, longest }: Values): string | undefined {
  if (!STAGE.test(stage)) return '--stage must be letters, digits and hyphens'
  if (name !== undefined && !NAME.test(name)) return '--name must be 1–128 letters, digits, hyphens and underscores'
  const minutes = Number(longest)
  if (!Number.isInteger(minutes) || minutes < 1 || minutes > MAX_LONGEST_MINUTES) {
    return `--longest must be whole minutes, 1–${MAX_LONGEST_MINUTES}`
  }
  return undefined
}

async function runCommand(ports: KeyPorts, positionals: string[], values: Values, now: EpochMs): Promise<Report> {
  const [command, key, ...more] = positionals
  if (more.length > 0 || (key === undefined) === TAKES_KEY.has(command ?? '')) return refused(USAGE)
  switch (command) {
    case 'create':
      return await createKey(ports, { name: values.name ?? ports.deployment, activate: values.activate })
    case 'verify':
      return await verifyKeys(ports)
    case 'list':
      return await listKeys(ports)
    case 'activate':
      return await activateKey(ports, key ?? '')
    case 'retire': {
      const { compromised } = values
      return await retireKey(ports, { key: key ?? '', longestMinutes: Number(values.longest), compromised, now })
    }
    default:
      return refused(USAGE)
  }
}

const TAKES_KEY = new Set(['activate', 'retire'])
