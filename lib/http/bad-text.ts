import type { FieldError } from '../refusal.ts'
import { childPointer } from './json-pointer.ts'

const MAX_DEPTH = 32
/** Names that mean something to JavaScript objects: no field of ours is called so. */
const RESERVED = new Set(['__proto__', 'constructor', 'prototype'])

/**
 * What no schema says but no field may hold, anywhere in a body: nesting beyond 32, text that is not well-formed or holds NUL
 * (neither survives the way through DynamoDB, a JWT and IVS unchanged), and reserved names.
 */
export function findBadText(value: unknown, pointer = '', depth = 0): FieldError[] {
  if (typeof value === 'string') return isCleanText(value) ? [] : [malformed(pointer)]
  if (typeof value !== 'object' || value === null) return []
  if (depth >= MAX_DEPTH) return [{ pointer, code: 'too_deep', detail: `Nested more than ${MAX_DEPTH} levels deep.` }]
  const isArray = Array.isArray(value)
  return Object.entries(value).flatMap(([key, child]) => {
    const at = childPointer(pointer, key)
    if (!isArray && RESERVED.has(key)) return [{ pointer: at, code: 'unknown_field', detail: 'No such field.' }]
    const nested = findBadText(child, at, depth + 1)
    return isCleanText(key) ? nested : [malformed(at), ...nested]
  })
}

const isCleanText = (text: string): boolean => text.isWellFormed() && !text.includes('\u0000')

const malformed = (pointer: string): FieldError => ({
  pointer,
  code: 'malformed_text',
  detail: 'Text must be well-formed Unicode without NUL.',
})
