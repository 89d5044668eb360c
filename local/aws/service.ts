export type ServiceName = 'dynamodb' | 'ivs' | 'secrets' | 'sqs' | 'eventbridge'

/** One AWS call as it came over the wire, its body read. */
export interface AwsRequest {
  readonly method: string
  /** Still percent-encoded, without the query. */
  readonly path: string
  readonly query: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** Read or write units, by table and by index, as DynamoDB bills them. */
export interface ConsumedCapacity {
  readonly table: string
  readonly readUnits: number
  readonly writeUnits: number
  readonly indexes: Readonly<Record<string, { readonly readUnits: number; readonly writeUnits: number }>>
}

export interface AwsAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly consumedCapacity?: readonly ConsumedCapacity[]
}

/** What a policy judges: every action on every resource, under these condition keys. */
export interface AwsCall {
  readonly operation: string
  /** `dynamodb:UpdateItem`; more than one where the call does several things. */
  readonly actions: readonly string[]
  readonly resources: readonly string[]
  /** Condition key → values; what is absent here is absent in AWS too. */
  readonly context: Readonly<Record<string, readonly string[]>>
  /** The resource is not there, and whether its tags are asked for is the service's own affair: its answer is "not found". */
  readonly resourceTagsUnknown?: true
}

export type ServiceError = 'denied' | 'unsigned' | 'throttled' | 'broken'

/** One AWS service, as far as the product uses it. */
export interface AwsService {
  readonly name: ServiceName
  /** `undefined`: no operation of this service; `perform` says so in the service's own words. */
  describe(request: AwsRequest): AwsCall | undefined
  perform(request: AwsRequest): Promise<AwsAnswer>
  /** The service's own spelling of a refusal that is not about the input. */
  refuse(error: ServiceError, message: string): AwsAnswer
}
