/** One statement of a role's policy. */
export interface Statement {
  readonly sid?: string
  readonly effect: 'Allow' | 'Deny'
  readonly actions: readonly string[]
  readonly resources: readonly string[]
  /** Operator → condition key → accepted values. */
  readonly conditions: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>
}

/** A statement of a resource's own policy: it also says whom it is about. */
export interface PolicyStatement extends Statement {
  /** `events.amazonaws.com`, an account or a role's ARN, or `*` for everyone. */
  readonly principals: readonly string[]
}

export interface RouteDefinition {
  /** Upper case, or `*` for any. */
  readonly method: string
  /** As written: `/v1/stages/{stageId}`. */
  readonly path: string
}

export interface QueueSource {
  readonly queueName: string
  readonly batchSize: number
  readonly batchingWindowSeconds: number
  readonly maximumConcurrency: number
  /** The function names the messages it could not handle; the others are done. */
  readonly reportsItemFailures: boolean
}

export interface ScheduleDefinition {
  /** `rate(6 hours)` or `cron(…)`. */
  readonly expression: string
  readonly input?: unknown
}

export interface FunctionDefinition {
  readonly name: string
  readonly handler: string
  readonly timeoutSeconds: number
  readonly memoryMegabytes: number
  readonly environment: Readonly<Record<string, string>>
  readonly roleName: string
  readonly statements: readonly Statement[]
  readonly routes: readonly RouteDefinition[]
  readonly queueSources: readonly QueueSource[]
  readonly schedules: readonly ScheduleDefinition[]
  /** How often an asynchronous run that failed is tried again, and the queue that hears when it failed for good. */
  readonly asyncRetries: number
  readonly onFailureQueueName?: string
}

export interface QueueDefinition {
  readonly name: string
  readonly visibilityTimeoutSeconds: number
  readonly retentionSeconds: number
  readonly delaySeconds: number
  readonly deadLetters?: { readonly queueName: string; readonly maxReceiveCount: number }
  /** Who else may do what with it: other services have no role of ours. */
  readonly policy: readonly PolicyStatement[]
}

/** Where a rule sends the events that match, whole. */
export interface RuleTarget {
  readonly id: string
  readonly queueName: string
  /** Takes what could not be delivered. */
  readonly deadLetterQueueName?: string
  readonly retries: { readonly maxAgeSeconds: number; readonly maxAttempts: number }
}

export interface RuleDefinition {
  readonly name: string
  readonly arn: string
  readonly busName: string
  readonly enabled: boolean
  readonly pattern: Readonly<Record<string, unknown>>
  readonly targets: readonly RuleTarget[]
}

/** What `CreateTable` is told. */
export interface TableDefinition {
  readonly name: string
  readonly properties: Readonly<Record<string, unknown>>
}

export interface CorsRules {
  readonly allowedOrigins: readonly string[]
  readonly allowedHeaders: readonly string[]
  readonly allowedMethods: readonly string[]
  readonly exposedHeaders: readonly string[]
  readonly allowCredentials: boolean
  readonly maxAgeSeconds?: number
}

export interface Throttle {
  readonly ratePerSecond: number
  readonly burst: number
}

/** What `serverless.yml` deploys, as far as the twin runs it. */
export interface Deployment {
  readonly service: string
  readonly stage: string
  readonly region: string
  readonly accountId: string
  readonly functions: readonly FunctionDefinition[]
  readonly tables: readonly TableDefinition[]
  readonly queues: readonly QueueDefinition[]
  /** Event buses besides the account's own, by name. */
  readonly buses: readonly string[]
  readonly rules: readonly RuleDefinition[]
  readonly cors?: CorsRules
  /** By route key; `$default` for the others. */
  readonly throttles: Readonly<Record<string, Throttle>>
}
