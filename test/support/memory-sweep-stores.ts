import type { SeatsKey } from '../../lib/seat/seats.ts'
import type { StageOfArn } from '../../lib/stage/stage-arns.ts'
import type { LiveStage, LiveStore } from '../../lib/sweep/live-store.ts'
import type { PresentPage, PresentStore } from '../../lib/sweep/present-store.ts'
import type { RunLock } from '../../lib/sweep/run-lock.ts'
import type { SweepRequests } from '../../lib/sweep/sweep-requests.ts'

const at = ({ stageUid, generation }: SeatsKey): string => `${stageUid}#${generation}`

/** The ports of a sweep in memory. */
export function createMemoryPresentStore(): PresentStore {
  const items = new Map<string, readonly PresentPage[]>()
  return {
    page: async (key, number) => items.get(at(key))?.[number],
    async replace(key, pages) {
      items.set(at(key), pages)
    },
  }
}

export function createMemoryLiveStore(): LiveStore {
  const items = new Map<string, LiveStage>()
  return {
    all: async () => [...items.values()],
    async put(live) {
      items.set(at(live), live)
    },
    async remove(live) {
      items.delete(at(live))
    },
  }
}

export function createMemoryRunLock(): RunLock {
  let held: { readonly holder: string; readonly until: number } | undefined
  return {
    async hold(holder, until, now) {
      if (held !== undefined && held.holder !== holder && held.until > now) return false
      held = { holder, until }
      return true
    },
    async release(holder) {
      if (held?.holder === holder) held = undefined
    },
  }
}

export function createMemorySweepRequests(): SweepRequests {
  const items = new Map<string, StageOfArn>()
  return {
    async soon(stage) {
      items.set(at(stage), stage)
    },
    waiting: async (limit) => [...items.values()].slice(0, limit),
    async done(stage) {
      items.delete(at(stage))
    },
  }
}
