import { Fault } from '../../lib/fault.ts'
import type { IvsStage, IvsStages } from '../../lib/ivs/ivs-stages.ts'
import { arnOf } from './stages.ts'

export interface MemoryIvs extends IvsStages {
  readonly stages: Map<string, IvsStage>
  /** Every call, as `name arn`. */
  readonly calls: string[]
  /** Operations that fail while they are in here. */
  readonly failing: Set<keyof IvsStages>
}

export const ivsDown = new Fault('ivs_error', 'IVS did not answer')

/** The IVS stages of an account, in memory. */
export function memoryIvs(): MemoryIvs {
  const stages = new Map<string, IvsStage>()
  const calls: string[] = []
  const failing = new Set<keyof IvsStages>()
  const called = (name: keyof IvsStages, stageArn: string): void => {
    calls.push(`${name} ${stageArn.split('/')[1]}`)
    if (failing.has(name)) throw ivsDown
  }
  const retag = (stageArn: string, change: (tags: Record<string, string>) => void): void => {
    const stage = stages.get(stageArn)
    if (stage === undefined) throw ivsDown
    const tags = { ...stage.tags }
    change(tags)
    stages.set(stageArn, { ...stage, tags })
  }
  return {
    ...{ stages, calls, failing },
    async create(_, tags) {
      const number = calls.filter((call) => call.startsWith('create')).length + 1
      const stageArn = arnOf(`made${number}`)
      called('create', stageArn)
      const made = { stageArn, endpoints: { events: `wss://made${number}`, whip: `https://made${number}` }, tags }
      stages.set(stageArn, made)
      return made
    },
    async get(stageArn) {
      called('get', stageArn)
      return stages.get(stageArn)
    },
    async remove(stageArn) {
      called('remove', stageArn)
      stages.delete(stageArn)
    },
    async tag(stageArn, tags) {
      if (Object.keys(tags).length === 0) return
      called('tag', stageArn)
      retag(stageArn, (all) => Object.assign(all, tags))
    },
    async untag(stageArn, names) {
      if (names.length === 0) return
      called('untag', stageArn)
      retag(stageArn, (all) => {
        for (const name of names) delete all[name]
      })
    },
  }
}
