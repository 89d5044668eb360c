import type { UserKey } from './user-record.ts'

const MAX_REMEMBERED = 10_000

/**
 * The assigned role each user was last seen with. Used only as the guess an optimistic write starts from, so being wrong
 * costs one call and never a right.
 */
export interface RoleMemory {
  /** `known: false` where the user was never seen here. */
  recall(key: UserKey): { readonly known: boolean; readonly role?: string }
  remember(key: UserKey, role: string | undefined): void
}

export function createRoleMemory(): RoleMemory {
  const seen = new Map<string, string | undefined>()
  const at = (key: UserKey): string => `${key.stageUid}#${key.userId}`
  return {
    recall(key) {
      if (!seen.has(at(key))) return { known: false }
      const role = seen.get(at(key))
      return { known: true, ...(role !== undefined && { role }) }
    },
    remember(key, role) {
      seen.delete(at(key))
      if (seen.size >= MAX_REMEMBERED) seen.delete(seen.keys().next().value as string)
      seen.set(at(key), role)
    },
  }
}
