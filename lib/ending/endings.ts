import type { Priority } from '../ivs/quota.ts'
import type { Demotion, Ending, Endings, Looks, Watching } from './ending.ts'
import type { QueueName, Queues } from './queues.ts'

/** SQS delays a message by at most this. */
const MAX_DELAY_SECONDS = 900
/** Messages that are sent at the same time. */
const AT_ONCE = 10

/** An overdue demotion waits behind deadlines and looks, of which none takes long; the others, behind their own kind. */
const QUEUE_OF: Readonly<Record<Priority, QueueName>> = {
  ...{ ban: 'urgent', kick: 'urgent', demotion: 'later' },
  ...{ replace: 'ordinary', leave: 'ordinary', sweep: 'ordinary', look: 'ordinary' },
}

/** What ends goes into the queue of its urgency, each by itself: none waits for another, nor comes again because another failed. */
export function createEndings(queues: Queues): Endings & Looks {
  const send = async (queue: QueueName, endings: readonly Ending[]): Promise<void> => {
    for (let from = 0; from < endings.length; from += AT_ONCE) {
      const some = endings.slice(from, from + AT_ONCE)
      await Promise.all(some.map((ending) => queues.send(queue, { kind: 'ending', ending })))
    }
  }
  return {
    async send(endings) {
      for (const [queue, some] of Map.groupBy(endings, ({ priority }) => QUEUE_OF[priority])) await send(queue, some)
    },
    async watch(watching: Watching) {
      if (watching.ids.length > 0) await queues.send('later', { kind: 'watch', watching })
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
