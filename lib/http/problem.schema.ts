import * as z from 'zod/mini'
import type { ProblemCode } from './problem.ts'
import { PROBLEM_KINDS } from './problem-kinds.ts'

const FieldErrorBody = z.object({ pointer: z.string(), code: z.string(), detail: z.string() })

const CODES = Object.keys(PROBLEM_KINDS) as ProblemCode[]

/** A `Problem` as the OpenAPI document describes it: here with every code, at each operation with those it may answer. */
export const ProblemBody = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  instance: z.string(),
  code: z.enum(CODES),
  retryable: z.boolean(),
  retryAfter: z.exactOptional(z.int().check(z.gte(1))),
  errors: z.exactOptional(z.array(FieldErrorBody)),
  until: z.exactOptional(z.iso.datetime()),
  reason: z.exactOptional(z.enum(['kicked', 'banned', 'replaced', 'left', 'lapsed', 'demoted'])),
})
