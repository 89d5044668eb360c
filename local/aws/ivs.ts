import type { IvsRequest, LocalIvs } from '../ivs/local-ivs.ts'
import type { AwsAnswer, AwsCall, AwsRequest, AwsService, ServiceError } from './service.ts'

const ERRORS: Readonly<Record<ServiceError, { readonly status: number; readonly type: string }>> = {
  denied: { status: 403, type: 'AccessDeniedException' },
  unsigned: { status: 403, type: 'MissingAuthenticationToken' },
  throttled: { status: 429, type: 'ThrottlingException' },
  broken: { status: 500, type: 'InternalServerException' },
}

const ivsRequestOf = ({ method, path, query, headers, body }: AwsRequest): IvsRequest => ({
  method,
  path,
  query,
  headers,
  body,
})

export interface IvsServiceOptions {
  readonly ivs: LocalIvs
  /** See `TwinOptions`. */
  readonly missingResourceDenied: boolean
}

/** What a policy judges of an IVS call: its tags, and those of what it names, where that exists. */
function callOf({ ivs, missingResourceDenied }: IvsServiceOptions, request: AwsRequest): AwsCall | undefined {
  const described = ivs.describe(ivsRequestOf(request))
  if (!described) return undefined
  const context: Record<string, readonly string[]> = {}
  let missing = false
  for (const arn of described.resourceArns) {
    const tags = ivs.tagsOf(arn)
    missing ||= tags === undefined && !arn.endsWith('*')
    for (const [key, value] of Object.entries(tags ?? {})) context[`aws:ResourceTag/${key}`] = [value]
  }
  if (described.requestTags) {
    for (const [key, value] of Object.entries(described.requestTags)) context[`aws:RequestTag/${key}`] = [value]
    context['aws:TagKeys'] = Object.keys(described.requestTags)
  }
  const { operation, actions, resourceArns: resources } = described
  const unknown = missing && !missingResourceDenied
  return { operation, actions, resources, context, ...(unknown ? { resourceTagsUnknown: true } : {}) }
}

/** The local IVS behind the same front as the other services. */
export function createIvsService(options: IvsServiceOptions): AwsService {
  const { ivs } = options
  return {
    name: 'ivs',
    describe: (request) => callOf(options, request),
    perform: async (request): Promise<AwsAnswer> => {
      const { status, headers, body } = ivs.call(ivsRequestOf(request))
      return { status, headers, body }
    },
    refuse: (error, message) => ({
      status: ERRORS[error].status,
      headers: { 'content-type': 'application/json', 'x-amzn-ErrorType': ERRORS[error].type },
      body: JSON.stringify({ exceptionMessage: message }),
    }),
  }
}
