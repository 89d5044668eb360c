import type { UserId } from '../../lib/ids.ts'
import type { Caller } from '../../lib/login/caller.ts'
import { T0 } from './participants.ts'

/** A user without any right of their own, logged in for a day from `T0` on, changed as the test says. */
export function aCaller(changes: Partial<Omit<Caller, 'userId'>> & { readonly userId?: string } = {}): Caller {
  return {
    issuer: 'https://login.example',
    roles: [],
    stageGrants: {},
    isAdmin: false,
    stageIdPrefix: '',
    attributes: {},
    expiresAt: T0 / 1000 + 86_400,
    ...changes,
    userId: (changes.userId ?? 'ada') as UserId,
  }
}

export const anAdmin = (changes: Parameters<typeof aCaller>[0] = {}): Caller =>
  aCaller({ userId: 'root', isAdmin: true, ...changes })
