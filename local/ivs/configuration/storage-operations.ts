import { conflict, overQuota } from '../exception.ts'
import type { storageConfigurationRows } from '../model/storage-configuration.ts'
import { pageOf } from '../wire/paging.ts'
import type { Effects } from '../wire/service.ts'
import { find, read, visible } from '../world/find.ts'
import type { StorageRecord } from '../world/records.ts'
import { newResource } from '../world/resource.ts'
import type { World } from '../world/world.ts'
import { refuseWhileComposing } from './in-use.ts'

const MAX_STORAGES = 5
const PAGE = 100

const detail = ({ arn, name, tags, bucketName }: StorageRecord) => ({ arn, name, tags, s3: { bucketName } })

function refuseWhileRecorded(world: World, arn: string): void {
  for (const stage of world.stages.values())
    if (stage.recording?.storageConfigurationArn === arn) throw conflict('The configuration is in use by a stage.')
}

export const storageEffects: Effects<typeof storageConfigurationRows> = {
  CreateStorageConfiguration(world, input) {
    if (world.quotas && world.storages.size >= MAX_STORAGES)
      throw overQuota('There are too many storage configurations.')
    const storage = { ...newResource(world, 'storage-configuration', input), bucketName: input.s3.bucketName }
    world.storages.set(storage.arn, storage)
    return { storageConfiguration: detail(storage) }
  },

  GetStorageConfiguration: (world, { arn }) => ({
    storageConfiguration: detail(read(world, world.storages, arn, 'storage configuration')),
  }),

  ListStorageConfigurations(world, input) {
    const { items, nextToken } = pageOf('ListStorageConfigurations', visible(world, world.storages), input, PAGE)
    return { storageConfigurations: items.map(detail), nextToken }
  },

  DeleteStorageConfiguration(world, { arn }) {
    find(world.storages, arn, 'storage configuration')
    refuseWhileComposing(world, ({ configuration }) => configuration.s3?.storageConfigurationArn === arn)
    refuseWhileRecorded(world, arn)
    world.storages.delete(arn)
    return {}
  },
}
