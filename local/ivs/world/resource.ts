import { checkTags } from '../tags/tag-rules.ts'
import { newArn } from './identifiers.ts'
import type { Resource } from './records.ts'
import type { World } from './world.ts'

interface Named {
  readonly name?: string | undefined
  readonly tags?: Readonly<Record<string, string>> | undefined
}

/** What every new resource has. Refuses tags no resource may have. */
export const newResource = (world: World, kind: string, { name, tags }: Named): Resource => ({
  tags: checkTags(tags),
  arn: newArn(world, kind),
  name: name ?? '',
  createdAt: world.now,
  seq: world.nextSeq(),
})
