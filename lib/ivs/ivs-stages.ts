import type { EndpointUrls } from '../stage/stage.ts'

/** An IVS stage as far as we look at it. */
export interface IvsStage {
  readonly stageArn: string
  readonly endpoints: EndpointUrls
  readonly tags: Readonly<Record<string, string>>
}

/** The IVS stages behind our stages. All of it throws `Fault`: `quota_backoff`, `ivs_error`. */
export interface IvsStages {
  /** Not idempotent: a call whose answer is lost leaves a stage that only its tags tell about. */
  create(name: string, tags: Readonly<Record<string, string>>): Promise<IvsStage>
  /** Nothing, where there is none or it is none of this deployment's business. */
  get(stageArn: string): Promise<IvsStage | undefined>
  /** Everyone out. One that is gone already is no failure. */
  remove(stageArn: string): Promise<void>
  tag(stageArn: string, tags: Readonly<Record<string, string>>): Promise<void>
  untag(stageArn: string, names: readonly string[]): Promise<void>
}
