import {
  CreateStageCommand,
  DeleteStageCommand,
  GetStageCommand,
  type IVSRealTimeClient,
  type Stage as StageOfIvs,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-ivs-realtime'
import { Fault } from '../fault.ts'
import { awsErrorName, isConflict, isNotFound, ivsFault } from './ivs-fault.ts'
import type { IvsStage, IvsStages } from './ivs-stages.ts'

export interface IvsStagesDeps {
  readonly client: Pick<IVSRealTimeClient, 'send'>
  /** Resolves after so many milliseconds. */
  readonly wait: (ms: number) => Promise<void>
  /** From 0 up to, not including, 1. */
  readonly random: () => number
}

/** What makes DeleteStage answer 409 is not known (IVS facts §13.15): wait, then say so. */
const REMOVE_ATTEMPTS = 5
const FIRST_WAIT_MS = 200
const LONGEST_WAIT_MS = 2_000

export function createIvsStages(deps: IvsStagesDeps): IvsStages {
  const { client } = deps
  return {
    async create(name, tags) {
      const input = { name, tags: { ...tags } }
      const { stage } = await asked('CreateStage', () => client.send(new CreateStageCommand(input)))
      return stageFrom(stage, tags)
    },

    async get(stageArn) {
      try {
        const { stage } = await client.send(new GetStageCommand({ arn: stageArn }))
        return stageFrom(stage, stage?.tags ?? {})
      } catch (error) {
        // Our role may not look at another deployment's stage: for us there is none.
        if (isNotFound(error) || isDenied(error)) return undefined
        throw ivsFault(error, 'GetStage')
      }
    },

    remove: (stageArn) => remove(deps, stageArn),

    async tag(stageArn, tags) {
      if (Object.keys(tags).length === 0) return
      const input = { resourceArn: stageArn, tags: { ...tags } }
      await asked('TagResource', () => client.send(new TagResourceCommand(input)))
    },

    async untag(stageArn, names) {
      if (names.length === 0) return
      const input = { resourceArn: stageArn, tagKeys: [...names] }
      await asked('UntagResource', () => client.send(new UntagResourceCommand(input)))
    },
  }
}

async function asked<T>(operation: string, send: () => Promise<T>): Promise<T> {
  return send().catch((error: unknown) => {
    throw ivsFault(error, operation)
  })
}

const isDenied = (error: unknown): boolean => awsErrorName(error) === 'AccessDeniedException'

/** A stage that is gone has no tag that would let us delete it: where that is denied, looking says which of the two it is. */
async function isGone(client: IvsStagesDeps['client'], stageArn: string): Promise<boolean> {
  return client.send(new GetStageCommand({ arn: stageArn })).then(() => false, isNotFound)
}

/** Whoever is on a stage is out only when this has succeeded, so it is worth more than one try. */
async function remove({ client, wait, random }: IvsStagesDeps, stageArn: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await client.send(new DeleteStageCommand({ arn: stageArn }))
      return
    } catch (error) {
      if (isNotFound(error) || (isDenied(error) && (await isGone(client, stageArn)))) return
      const fault = ivsFault(error, 'DeleteStage')
      if (attempt === REMOVE_ATTEMPTS || !(isConflict(error) || fault.code === 'quota_backoff')) throw fault
      await wait(Math.min(FIRST_WAIT_MS * 2 ** attempt, LONGEST_WAIT_MS) * (0.5 + random() / 2))
    }
  }
}

/** Everything but the ARN is optional in IVS's model; without these two hosts no token can be signed. */
function stageFrom(stage: StageOfIvs | undefined, tags: Readonly<Record<string, string>>): IvsStage {
  const { arn, endpoints } = stage ?? {}
  if (!arn || !endpoints?.events || !endpoints.whip)
    throw new Fault('ivs_error', 'IVS answered a stage without endpoints')
  return { stageArn: arn, endpoints: { events: endpoints.events, whip: endpoints.whip }, tags }
}
