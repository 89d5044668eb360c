import { conflict, type IvsException } from '../exception.ts'
import type { AutoRecording, StageRecord } from '../world/records.ts'
import type { World } from '../world/world.ts'

const RECORDING_NOW = new Set(['STARTING', 'ACTIVE', 'STOPPING'])

/**
 * The configuration with IVS's defaults filled in; an empty ARN switches recording off and resets the rest. `missing` is thrown
 * for a storage configuration that is not there.
 */
export function withDefaults(
  world: World,
  wanted: AutoRecording | undefined,
  missing: IvsException,
): AutoRecording | undefined {
  if (wanted === undefined || wanted.storageConfigurationArn === '') return undefined
  if (!world.storages.get(wanted.storageConfigurationArn)) throw missing
  return {
    storageConfigurationArn: wanted.storageConfigurationArn,
    mediaTypes: wanted.mediaTypes?.length ? wanted.mediaTypes : ['AUDIO_VIDEO'],
    thumbnailConfiguration: {
      targetIntervalSeconds: wanted.thumbnailConfiguration?.targetIntervalSeconds ?? 60,
      storage: wanted.thumbnailConfiguration?.storage ?? ['SEQUENTIAL'],
      recordingMode: wanted.thumbnailConfiguration?.recordingMode ?? 'DISABLED',
    },
    recordingReconnectWindowSeconds: wanted.recordingReconnectWindowSeconds ?? 0,
    hlsConfiguration: { targetSegmentDurationSeconds: wanted.hlsConfiguration?.targetSegmentDurationSeconds ?? 6 },
    recordParticipantReplicas: wanted.recordParticipantReplicas ?? true,
  }
}

/** It cannot be changed while someone is being recorded. */
export function refuseWhileRecording(world: World, stage: StageRecord): void {
  if (stage.activeSessionId === undefined) return
  for (const one of world.participants.within(stage.activeSessionId))
    if (RECORDING_NOW.has(one.recording?.state ?? '')) throw conflict('A participant of the stage is being recorded.')
}
