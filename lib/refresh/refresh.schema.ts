import * as z from 'zod/mini'
import { grantRequestFields } from '../grant/grant-request.schema.ts'

/** A new token for the same participant: its role and slot are what they were. */
export const RefreshRequest = z.strictObject(grantRequestFields)
export type RefreshRequest = z.infer<typeof RefreshRequest>
