/**
 * What is wrong with a secret, said without quoting any of it: the message may be logged and shown to an operator.
 * Parsers of secrets throw this and nothing else on purpose; `cause` is never set, as JSON.parse quotes its input.
 */
export class SecretProblem extends Error {
  override readonly name = 'SecretProblem'
}
