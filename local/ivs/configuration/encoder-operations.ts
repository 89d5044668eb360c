import { invalid, overQuota } from '../exception.ts'
import type { encoderConfigurationRows } from '../model/encoder-configuration.ts'
import { pageOf } from '../wire/paging.ts'
import type { Effects } from '../wire/service.ts'
import { find, read, visible } from '../world/find.ts'
import type { EncoderRecord } from '../world/records.ts'
import { newResource } from '../world/resource.ts'
import { encodersOf, refuseWhileComposing } from './in-use.ts'

const MAX_ENCODERS = 20
const PAGE = 100
const MAX_PIXELS = 1920 * 1080
const DEFAULT_VIDEO = { width: 1280, height: 720, framerate: 30, bitrate: 2_500_000 }

const summary = ({ arn, name, tags }: EncoderRecord) => ({ arn, name, tags })
const detail = (encoder: EncoderRecord) => ({ ...summary(encoder), video: encoder.video })

function videoOf(asked: { readonly [K in keyof EncoderRecord['video']]?: number | undefined }): EncoderRecord['video'] {
  const video = {
    width: asked.width ?? DEFAULT_VIDEO.width,
    height: asked.height ?? DEFAULT_VIDEO.height,
    framerate: asked.framerate ?? DEFAULT_VIDEO.framerate,
    bitrate: asked.bitrate ?? DEFAULT_VIDEO.bitrate,
  }
  if (video.width % 2 !== 0 || video.height % 2 !== 0) throw invalid('Width and height must be even.')
  if (video.width * video.height > MAX_PIXELS) throw invalid(`Width times height must not exceed ${MAX_PIXELS}.`)
  return video
}

export const encoderEffects: Effects<typeof encoderConfigurationRows> = {
  CreateEncoderConfiguration(world, input) {
    const video = videoOf(input.video ?? {})
    if (world.quotas && world.encoders.size >= MAX_ENCODERS)
      throw overQuota('There are too many encoder configurations.')
    const encoder: EncoderRecord = { ...newResource(world, 'encoder-configuration', input), video }
    world.encoders.set(encoder.arn, encoder)
    return { encoderConfiguration: detail(encoder) }
  },

  GetEncoderConfiguration: (world, { arn }) => ({
    encoderConfiguration: detail(read(world, world.encoders, arn, 'encoder configuration')),
  }),

  ListEncoderConfigurations(world, input) {
    const { items, nextToken } = pageOf('ListEncoderConfigurations', visible(world, world.encoders), input, PAGE)
    return { encoderConfigurations: items.map(summary), nextToken }
  },

  DeleteEncoderConfiguration(world, { arn }) {
    find(world.encoders, arn, 'encoder configuration')
    refuseWhileComposing(world, (destination) => encodersOf(destination).includes(arn))
    world.encoders.delete(arn)
    return {}
  },
}
