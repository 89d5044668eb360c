import { ok, refuse } from '../../../lib/result.ts'
import { destinationFails, save, tell } from '../composition/life.ts'
import { refusal } from '../token/claims.ts'
import type { World } from '../world/world.ts'
import type { Side, SideResult } from './side.ts'

const DESTINATION_ERRORS = [
  'ResourceNotFoundException',
  'AccessDeniedException',
  'ConflictException',
  'InternalServerException',
]
const RECORDING_ERRORS = {
  start: ['ResourceNotFoundException', 'AccessDeniedException', 'ValidationException', 'InternalServerException'],
  end: ['ResourceNotFoundException', 'AccessDeniedException', 'InternalServerException'],
}

const badRequest = (detail: string) => refuse(refusal('BAD_REQUEST', detail))

/** A destination of an active composition gets into trouble, recovers, or is beyond help. */
export function destination(world: World, step: Parameters<Side['destination']>[0]): SideResult<{ state: string }> {
  const { compositionArn, destinationId, state, errorCode = 'InternalServerException' } = step
  const one = world.compositions.get(compositionArn)
  const isThere = one?.destinations.some(({ id, state }) => id === destinationId && state !== 'FAILED')
  if (one?.state !== 'ACTIVE' || !isThere) return badRequest('no such destination of an active composition')
  if (!DESTINATION_ERRORS.includes(errorCode)) return badRequest('errorCode is none a destination can have')
  const ended = state === 'FAILED' ? { endTime: world.now } : {}
  const next = save(world, one, {
    destinations: one.destinations.map((it) => (it.id === destinationId ? { ...it, state, ...ended } : it)),
  })
  if (state === 'FAILED') destinationFails(world, next, destinationId, errorCode, 'The destination failed.')
  else tell(world, next, state === 'ACTIVE' ? 'Destination Start' : 'Destination Reconnecting', { id: destinationId })
  return ok({ state })
}

export function recordingFault(world: World, step: Parameters<Side['recordingFault']>[0]): SideResult<{ armed: true }> {
  const codes = step.at === 'start' || step.at === 'end' ? RECORDING_ERRORS[step.at] : []
  if (!world.stages.get(step.stageArn)) return badRequest('stageArn names no stage')
  if (!codes.includes(step.errorCode)) return badRequest('errorCode is none a recording can have at that point')
  world.recordingFaults.set(`${step.stageArn}/${step.at}`, { errorCode: step.errorCode })
  return ok({ armed: true })
}
