/** Status by exception name: the modelled seven, throttling (not modelled for real-time) and the common ones that matter here. */
const statuses = {
  ValidationException: 400,
  AccessDeniedException: 403,
  PendingVerification: 403,
  ResourceNotFoundException: 404,
  ConflictException: 409,
  ServiceQuotaExceededException: 402,
  InternalServerException: 500,
  ThrottlingException: 429,
  TooManyRequestsException: 429,
  UnknownOperation: 404,
  MissingAuthenticationToken: 403,
  IncompleteSignature: 403,
} as const

export type ExceptionName = keyof typeof statuses

/** What an operation answers instead of its output. `message` never holds a value the caller sent. */
export class IvsException extends Error {
  override readonly name: ExceptionName
  readonly status: number

  constructor(name: ExceptionName, message: string) {
    super(message)
    this.name = name
    this.status = statuses[name]
  }
}

export const invalid = (message: string): IvsException => new IvsException('ValidationException', message)
export const notFound = (what: string): IvsException =>
  new IvsException('ResourceNotFoundException', `The specified ${what} does not exist.`)
export const conflict = (message: string): IvsException => new IvsException('ConflictException', message)
export const overQuota = (message: string): IvsException => new IvsException('ServiceQuotaExceededException', message)
