import { invalid } from '../exception.ts'
import { find } from '../world/find.ts'
import type { CompositionInput } from '../world/records.ts'
import type { World } from '../world/world.ts'

type Destination = CompositionInput['destinations'][number]

/** One destination, or a channel and a bucket; everything they name has to be there. */
export function checkDestinations(world: World, destinations: readonly Destination[]): void {
  for (const { channel, s3 } of destinations) {
    if ((channel === undefined) === (s3 === undefined)) throw invalid('A destination is either a channel or a bucket.')
  }
  const channels = destinations.filter(({ channel }) => channel !== undefined)
  if (destinations.length === 2 && channels.length !== 1)
    throw invalid('Two destinations are one channel and one bucket.')
  for (const { channel, s3 } of destinations) {
    if (channel) checkChannel(world, channel)
    if (!s3) continue
    find(world.storages, s3.storageConfigurationArn, 'storage configuration')
    for (const arn of s3.encoderConfigurationArns) find(world.encoders, arn, 'encoder configuration')
  }
}

function checkChannel(world: World, channel: NonNullable<Destination['channel']>): void {
  const home = `arn:aws:ivs:${world.region}:${world.account}:`
  if (!channel.channelArn.startsWith(home)) throw invalid('The channel is in another account or region.')
  if (channel.encoderConfigurationArn) find(world.encoders, channel.encoderConfigurationArn, 'encoder configuration')
}

/** `grid` unless `pip` is asked for; not both. */
export function layoutOf(asked: CompositionInput['layout']): NonNullable<CompositionInput['layout']> {
  if (asked?.grid && asked.pip) throw invalid('A layout is either grid or pip.')
  if (asked?.pip) return { pip: asked.pip }
  return {
    grid: {
      omitStoppedVideo: false,
      videoAspectRatio: 'VIDEO',
      videoFillMode: 'COVER',
      gridGap: 2,
      ...asked?.grid,
    },
  }
}
