import { notFound } from '../exception.ts'
import type { tagsRows } from '../model/tags.ts'
import type { Effects } from '../wire/service.ts'
import { kindOfArn } from '../world/identifiers.ts'
import type { Resource } from '../world/records.ts'
import type { World } from '../world/world.ts'
import { checkTags } from './tag-rules.ts'

interface Taggable {
  readonly resource: Resource
  readonly replaceTags: (tags: Readonly<Record<string, string>>) => void
}

function taggableOf<T extends Resource>(
  table: { get(arn: string): T | undefined; set(arn: string, value: T): void },
  arn: string,
): Taggable | undefined {
  const resource = table.get(arn)
  return resource && { resource, replaceTags: (tags) => table.set(arn, { ...resource, tags }) }
}

/** A resource of any kind that carries tags. */
export function findTaggable(world: World, arn: string): Taggable | undefined {
  switch (kindOfArn(arn)) {
    case 'stage':
      return taggableOf(world.stages, arn)
    case 'public-key':
      return taggableOf(world.publicKeys, arn)
    case 'ingest-configuration':
      return taggableOf(world.ingests, arn)
    case 'encoder-configuration':
      return taggableOf(world.encoders, arn)
    case 'storage-configuration':
      return taggableOf(world.storages, arn)
    case 'composition':
      return taggableOf(world.compositions, arn)
    default:
      return undefined
  }
}

function existing(world: World, arn: string): Taggable {
  const found = findTaggable(world, arn)
  if (!found) throw notFound('resource')
  return found
}

export const tagsEffects: Effects<typeof tagsRows> = {
  TagResource(world, { resourceArn, tags }) {
    const { resource, replaceTags } = existing(world, resourceArn)
    replaceTags(checkTags({ ...resource.tags, ...checkTags(tags) }))
    return {}
  },

  UntagResource(world, { resourceArn, tagKeys }) {
    const { resource, replaceTags } = existing(world, resourceArn)
    const gone = new Set(tagKeys)
    replaceTags(Object.fromEntries(Object.entries(resource.tags).filter(([key]) => !gone.has(key))))
    return {}
  },

  ListTagsForResource: (world, { resourceArn }) => ({ tags: existing(world, resourceArn).resource.tags }),
}
