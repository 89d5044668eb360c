import type { Demotion, Ending, Endings, Looks } from './ending.ts'
import type { Queues } from './queues.ts'

/** SQS delays a message by at most this. */
const MAX_DELAY_SECONDS = 900
/** Few, because a message that fails comes again whole. */
const ENDINGS_PER_MESSAGE = 10

const isUrgent = ({ priority }: Ending): boolean => priority === 'ban' || priority === 'kick'

/** What ends goes into the queue of its urgency; all that one request ends goes in one message. */
export function createEndings(queues: Queues): Endings & Looks {
  const send = async (queue: 'urgent' | 'ordinary', endings: readonly Ending[]): Promise<void> => {
    for (let from = 0; from < endings.length; from += ENDINGS_PER_MESSAGE) {
      await queues.send(queue, { kind: 'endings', endings: endings.slice(from, from + ENDINGS_PER_MESSAGE) })
    }
  }
  return {
    async send(endings) {
      await send('urgent', endings.filter(isUrgent))
      await send(
        'ordinary',
        endings.filter((ending) => !isUrgent(ending)),
      )
    },
    async demote(demotions: readonly Demotion[]) {
      for (const demotion of demotions) {
        await queues.send(
          'later',
          { kind: 'demotion', demotion },
          Math.min(demotion.deadlineSeconds, MAX_DELAY_SECONDS),
        )
      }
    },
    look: (look, inSeconds) => queues.send('later', { kind: 'look', look }, inSeconds),
  }
}
