import type { StageArns, StageOfArn } from './stage-arns.ts'

const MAX_REMEMBERED = 5_000

/** What an ARN is behind never changes, so who asks again and again asks once. What is not there is not remembered. */
export function rememberedArns(arns: Pick<StageArns, 'find'>): Pick<StageArns, 'find'> {
  const known = new Map<string, StageOfArn>()
  return {
    async find(stageArn) {
      const stage = known.get(stageArn) ?? (await arns.find(stageArn))
      if (stage !== undefined && known.size < MAX_REMEMBERED) known.set(stageArn, stage)
      return stage
    },
  }
}
