import type * as z from 'zod/mini'
import type { FieldError } from '../refusal.ts'
import { childPointer } from './json-pointer.ts'

type Issue = z.core.$ZodIssue

/**
 * Zod's issues as field errors: one for every wrong field. Details are built from the schema alone, so that no value of the
 * request is ever repeated.
 *
 * @param root pointer of the value that was parsed: `''` for a body, `#query` for the query string.
 */
export function fieldErrors(issues: readonly Issue[], input: unknown, root: string): FieldError[] {
  return issues.flatMap((issue) => errorsOf(issue, input, issue.path.reduce<string>(childPointer, root)))
}

function errorsOf(issue: Issue, input: unknown, pointer: string): FieldError[] {
  const error = (code: string, detail: string): FieldError[] => [{ pointer, code, detail }]
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        pointer: childPointer(pointer, key),
        code: 'unknown_field',
        detail: 'No such field.',
      }))
    case 'invalid_type':
      return isMissing(input, issue.path)
        ? error('required', 'This field is required.')
        : error('wrong_type', `Must be ${article(issue.expected)}.`)
    case 'too_small':
      return error('too_small', `Must be at least ${bound(issue.minimum, issue.origin)}.`)
    case 'too_big':
      return error('too_big', `Must be at most ${bound(issue.maximum, issue.origin)}.`)
    case 'invalid_value':
      return error('not_allowed', `Must be one of: ${issue.values.map(String).join(', ')}.`)
    case 'invalid_key':
      return error('invalid_key', 'This name is not allowed here.')
    case 'custom':
      return error(codeOf(issue.params), issue.message)
    case 'invalid_format':
      return error('invalid_format', formOf(issue))
    default:
      return error('invalid_format', UNNAMED_FORM)
  }
}

const UNNAMED_FORM = 'Does not have the form this field takes.'

function formOf({ format, pattern }: z.core.$ZodIssueInvalidStringFormat): string {
  if (format === 'datetime') return 'Must be an instant such as 2026-11-21T12:00:00Z.'
  return format === 'regex' ? `Must match ${pattern}.` : UNNAMED_FORM
}

function isMissing(input: unknown, path: readonly PropertyKey[]): boolean {
  let value = input
  for (const key of path) value = (value as Record<PropertyKey, unknown> | undefined)?.[key]
  return value === undefined
}

const article = (type: string): string => {
  if (type === 'int') return 'a whole number'
  return type === 'array' || type === 'object' ? `an ${type}` : type === 'record' ? 'an object' : `a ${type}`
}

const UNITS: Readonly<Record<string, string>> = { string: ' characters', array: ' items' }
const bound = (limit: number | bigint, origin: string): string => `${limit}${UNITS[origin] ?? ''}`

const codeOf = (params: Readonly<Record<string, unknown>> | undefined): string =>
  typeof params?.code === 'string' ? params.code : 'invalid_value'
