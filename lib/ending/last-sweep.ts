import type { ParticipantId } from '../ids.ts'
import type { SeatsKey } from '../seat/seats.ts'
import type { PresentPage, PresentStore } from '../sweep/present-store.ts'
import type { EpochMs } from '../time.ts'

/** Who was connected to a stage when IVS was last asked about everyone; nothing where that is not known. */
export type LastSweep = (
  key: SeatsKey,
) => Promise<{ readonly at: EpochMs; readonly connected: ReadonlySet<ParticipantId> } | undefined>

/** As its pages say. Between pages of two sweeps somebody may have been missed: then nothing is known. */
export const lastSweepIn =
  (present: Pick<PresentStore, 'page'>): LastSweep =>
  async (key) => {
    const first = await present.page(key, 0)
    if (first === undefined) return undefined
    const connected = new Set<ParticipantId>()
    let page: PresentPage = first
    for (;;) {
      for (const { participantId } of page.people) connected.add(participantId)
      if (page.next === undefined) return { at: first.at, connected }
      const following = await present.page(key, page.next)
      if (following?.at !== first.at) return undefined
      page = following
    }
  }
