import { awsErrorName } from '../../lib/ivs/ivs-fault.ts'

/** A call to AWS that did not work out. Only names are repeated: AWS may quote what was sent, and that was a key. */
export class CallFailed extends Error {
  override readonly name = 'CallFailed'

  constructor(operation: string, error: unknown) {
    super(`${operation} failed: ${isRegionMissing(error) ? 'no Region is set (AWS_REGION)' : awsErrorName(error)}`)
  }
}

/** For `.catch`: what to throw for a failed call of the operation. */
export const failing =
  (operation: string) =>
  (error: unknown): never => {
    throw new CallFailed(operation, error)
  }

/** The SDK has no name for this one, and it is everyone's first. */
const isRegionMissing = (error: unknown): boolean => error instanceof Error && error.message === 'Region is missing'
