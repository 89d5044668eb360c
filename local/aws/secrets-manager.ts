import type { EpochMs } from '../../lib/time.ts'
import {
  AwsJsonError,
  type AwsJsonProtocol,
  answerJson,
  type Input,
  inputOf,
  operationOf,
  refusalAnswer,
} from './aws-json.ts'
import type { AwsCall, AwsRequest, AwsService } from './service.ts'

const PROTOCOL: AwsJsonProtocol = {
  contentType: 'application/x-amz-json-1.1',
  errors: {
    denied: { status: 400, type: 'AccessDeniedException' },
    unsigned: { status: 400, type: 'MissingAuthenticationTokenException' },
    throttled: { status: 400, type: 'ThrottlingException' },
    broken: { status: 500, type: 'InternalServiceError' },
  },
}

interface SecretVersion {
  readonly id: string
  readonly text: string
  readonly createdAt: EpochMs
}

/** The newest version is AWSCURRENT, the one before it AWSPREVIOUS. */
interface Secret {
  readonly name: string
  readonly arn: string
  readonly versions: readonly [SecretVersion, ...SecretVersion[]]
}

export type SecretsState = readonly Secret[]

export interface SecretsOptions {
  readonly region: string
  readonly accountId: string
  readonly now: () => EpochMs
  readonly randomId: () => string
  readonly state?: SecretsState
  /** Told of the whole state after each change. */
  readonly onChange: (state: SecretsState) => void
}

const KEPT_VERSIONS = 2
const STAGES = ['AWSCURRENT', 'AWSPREVIOUS']

const notFound = (): AwsJsonError =>
  new AwsJsonError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.")

function textOf(input: Input, member: string): string {
  const value = input[member]
  if (typeof value === 'string' && value !== '') return value
  throw new AwsJsonError('InvalidParameterException', `You must provide a value for the ${member} parameter.`)
}

/** Secrets Manager, as far as the product and its tools use it: secrets of text, read and written whole. */
export function createSecretsManager(options: SecretsOptions): AwsService {
  const secrets = new Map((options.state ?? []).map((secret) => [secret.name, secret]))
  const arnPrefix = `arn:aws:secretsmanager:${options.region}:${options.accountId}:secret:`

  /** By name, by ARN, or by an ARN without its random end, as AWS does. */
  const find = (id: string): Secret | undefined =>
    secrets.get(id) ?? [...secrets.values()].find(({ arn, name }) => arn === id || `${arnPrefix}${name}` === id)

  const get = (input: Input): Secret => {
    const secret = find(textOf(input, 'SecretId'))
    if (!secret) throw notFound()
    return secret
  }

  const newVersion = (input: Input): SecretVersion => ({
    id: typeof input.ClientRequestToken === 'string' ? input.ClientRequestToken : options.randomId(),
    text: textOf(input, 'SecretString'),
    createdAt: options.now(),
  })

  const save = (secret: Secret): void => {
    secrets.set(secret.name, secret)
    options.onChange([...secrets.values()])
  }

  const createSecret = (input: Input): unknown => {
    const name = textOf(input, 'Name')
    const version = newVersion(input)
    const existing = find(name)
    if (existing && existing.versions[0].id !== version.id)
      throw new AwsJsonError('ResourceExistsException', `The operation failed because the secret already exists.`)
    const suffix = options.randomId().replaceAll('-', '').slice(0, 6)
    const secret: Secret = existing ?? { name, arn: `${arnPrefix}${name}-${suffix}`, versions: [version] }
    save(secret)
    return { ARN: secret.arn, Name: name, VersionId: version.id }
  }

  const putSecretValue = (input: Input): unknown => {
    const secret = get(input)
    const version = newVersion(input)
    const older = secret.versions.filter(({ id }) => id !== version.id)
    save({ ...secret, versions: [version, ...older.slice(0, KEPT_VERSIONS - 1)] })
    return { ARN: secret.arn, Name: secret.name, VersionId: version.id, VersionStages: ['AWSCURRENT'] }
  }

  const getSecretValue = (input: Input): unknown => {
    const { arn, name, versions } = get(input)
    const stage = input.VersionStage ?? (input.VersionId === undefined ? 'AWSCURRENT' : undefined)
    const index = versions.findIndex(
      ({ id }, at) => (stage === undefined || STAGES[at] === stage) && (input.VersionId ?? id) === id,
    )
    const version = versions[index]
    if (!version) throw notFound()
    const CreatedDate = version.createdAt / 1000
    const VersionStages = [STAGES[index]]
    return { ARN: arn, Name: name, VersionId: version.id, SecretString: version.text, VersionStages, CreatedDate }
  }

  const describeSecret = (input: Input): unknown => {
    const { arn, name, versions } = get(input)
    const stages = versions.map(({ id }, at) => [id, [STAGES[at]]])
    return { ARN: arn, Name: name, VersionIdsToStages: Object.fromEntries(stages) }
  }

  const operations = {
    CreateSecret: createSecret,
    PutSecretValue: putSecretValue,
    GetSecretValue: getSecretValue,
    DescribeSecret: describeSecret,
  }

  const describe = (request: AwsRequest): AwsCall | undefined => {
    const operation = operationOf(request)
    if (!Object.hasOwn(operations, operation)) return undefined
    const input = inputOf(request)
    const id = String(input.SecretId ?? input.Name ?? '')
    const arn = find(id)?.arn ?? (id.startsWith('arn:') ? id : `${arnPrefix}${id}`)
    return { operation, actions: [`secretsmanager:${operation}`], resources: [arn], context: {} }
  }

  return {
    name: 'secrets',
    describe,
    perform: (request) => answerJson(PROTOCOL, operations, request),
    refuse: (error, message) => refusalAnswer(PROTOCOL, error, message),
  }
}
