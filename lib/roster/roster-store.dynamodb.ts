import type { ParticipantId, UserId } from '../ids.ts'
import { capabilitiesOf, letters } from '../participant/user-item.dynamodb.ts'
import type { SeatsKey } from '../seat/seats.ts'
import {
  type Item,
  type ItemValue,
  listOf,
  mapOf,
  numberOf,
  stringOf,
  textsOf,
} from '../storage/attribute-values.dynamodb.ts'
import { Expression } from '../storage/expression.dynamodb.ts'
import type { Key, Table } from '../storage/table.dynamodb.ts'
import type { Minted, Roster, RosterEntry } from './roster.ts'
import type { RosterStore } from './roster-store.ts'

const rosterKeyOf = ({ stageUid, generation }: SeatsKey): Key => ({
  pk: `roster#${stageUid}#${generation}`,
  sk: 'roster',
})

export function createRosterStore(table: Table): RosterStore {
  return {
    async load(key) {
      const item = await table.get(rosterKeyOf(key))
      return item && fromRosterItem(item)
    },

    async save(key, roster, seen) {
      const expression = new Expression()
      const condition =
        seen === undefined ? 'attribute_not_exists(pk)' : `ver = ${expression.value('seen', seen.version)}`
      return (await table.put(rosterKeyOf(key), toRosterItem(roster), condition, expression)).done
    },
  }
}

const toRosterItem = (roster: Roster): Item => ({
  ver: roster.version,
  sid: roster.sessionId,
  liveAt: roster.liveSince,
  audience: roster.audience,
  asOf: roster.asOf,
  sweptAt: roster.sweptAt,
  people: roster.entries.map(toEntry),
  untold: roster.untold && JSON.stringify(roster.untold),
})

function fromRosterItem(item: Item): Roster {
  const sessionId = stringOf(item.sid)
  const liveSince = numberOf(item.liveAt)
  const audience = numberOf(item.audience)
  const sweptAt = numberOf(item.sweptAt)
  const untold = stringOf(item.untold)
  return {
    version: numberOf(item.ver) ?? 0,
    entries: listOf(item.people).map(fromEntry),
    asOf: numberOf(item.asOf) ?? 0,
    ...(sessionId !== undefined && { sessionId }),
    ...(liveSince !== undefined && { liveSince }),
    ...(audience !== undefined && { audience }),
    ...(sweptAt !== undefined && { sweptAt }),
    ...(untold !== undefined && { untold: JSON.parse(untold) as Roster['untold'] & {} }),
  }
}

const toEntry = (entry: RosterEntry): ItemValue => ({
  i: entry.participantId,
  w: entry.minted && {
    u: entry.minted.userId,
    r: entry.minted.role,
    s: entry.minted.slot,
    c: letters(entry.minted.capabilities),
    a: Object.keys(entry.minted.attributes).length > 0 ? entry.minted.attributes : undefined,
  },
  b: entry.publishing,
  o: entry.connected,
  p: entry.publishedAt,
  t: entry.at,
  x: entry.precise,
  d: entry.doubtful,
})

function fromEntry(value: ItemValue): RosterEntry {
  const map = mapOf(value)
  const publishedAt = numberOf(map.p)
  const minted = map.w === undefined ? undefined : fromMinted(map.w)
  return {
    participantId: (stringOf(map.i) ?? '') as ParticipantId,
    publishing: map.b === true,
    connected: map.o === true,
    at: numberOf(map.t) ?? 0,
    precise: map.x === true,
    ...(minted !== undefined && { minted }),
    ...(publishedAt !== undefined && { publishedAt }),
    ...(map.d === true && { doubtful: true }),
  }
}

function fromMinted(value: ItemValue): Minted {
  const map = mapOf(value)
  return {
    userId: (stringOf(map.u) ?? '') as UserId,
    role: stringOf(map.r) ?? '',
    slot: map.s === 'screen' ? 'screen' : 'main',
    capabilities: capabilitiesOf(stringOf(map.c) ?? ''),
    attributes: textsOf(map.a),
  }
}
