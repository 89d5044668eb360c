import { conflict } from '../exception.ts'
import type { CompositionRecord, DestinationRecord } from '../world/records.ts'
import type { World } from '../world/world.ts'

/** Whether a composition still needs what it was started with. */
export const isRunning = ({ state }: CompositionRecord): boolean =>
  state === 'STARTING' || state === 'ACTIVE' || state === 'STOPPING'

export const encodersOf = ({ configuration: { channel, s3 } }: DestinationRecord): readonly string[] => [
  ...(channel?.encoderConfigurationArn ? [channel.encoderConfigurationArn] : []),
  ...(s3?.encoderConfigurationArns ?? []),
]

/** A configuration that a running composition uses cannot be deleted. */
export function refuseWhileComposing(world: World, uses: (destination: DestinationRecord) => boolean): void {
  for (const composition of world.compositions.values())
    if (isRunning(composition) && composition.destinations.some(uses))
      throw conflict('The configuration is in use by a composition.')
}
