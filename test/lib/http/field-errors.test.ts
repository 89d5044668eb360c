import { expect, it } from 'vitest'
import * as z from 'zod/mini'
import { fieldErrors } from '../../../lib/http/field-errors.ts'

it.each([
  ['text of a pattern', z.string().check(z.regex(/^[a-z0-9]{3,}$/)), 'Must match /^[a-z0-9]{3,}$/.'],
  ['an instant', z.iso.datetime(), 'Must be an instant such as 2026-11-21T12:00:00Z.'],
  ['another form', z.url(), 'Does not have the form this field takes.'],
])('says which form a field takes, and nothing of what was sent: %s', (_, field, detail) => {
  const input = { field: 'Marker' }
  const { error } = z.safeParse(z.strictObject({ field }), input)
  expect(fieldErrors(error?.issues ?? [], input, '')).toEqual([{ pointer: '/field', code: 'invalid_format', detail }])
})
