import { setTimeout as sleep } from 'node:timers/promises'
import type { FaultSpec } from '../../aws/faults.ts'
import { IvsException } from '../exception.ts'
import type { IvsResponse, LocalIvs } from '../face.ts'
import type { Outcome } from '../wire/listener.ts'

/** What becomes of a call under a fault. With `after`, the call takes effect and only its answer is lost. */
export async function underFault(
  ivs: Pick<LocalIvs, 'refuse'>,
  { mode, after, delayMs }: FaultSpec,
  perform: () => IvsResponse,
): Promise<Outcome> {
  const answer = after || mode === 'duplicate' ? perform() : undefined
  switch (mode) {
    case 'error':
      return ivs.refuse(new IvsException('InternalServerException', 'The service is broken on purpose.'))
    case 'throttle':
      return ivs.refuse(new IvsException('ThrottlingException', 'Rate exceeded'))
    case 'timeout':
      return 'hang'
    case 'drop':
      return 'cut'
    case 'delay':
      await sleep(delayMs)
      return answer ?? perform()
    case 'duplicate':
    case 'reorder':
    case 'malformed':
    case 'partial':
      return perform()
  }
}
