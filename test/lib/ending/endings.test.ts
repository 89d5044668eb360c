import { describe, expect, it } from 'vitest'
import { createEndings } from '../../../lib/ending/endings.ts'
import type { Message } from '../../../lib/ending/message.ts'
import type { QueueName } from '../../../lib/ending/queues.ts'
import { Fault } from '../../../lib/fault.ts'
import { PRIORITIES } from '../../../lib/ivs/quota.ts'
import { aDemotion, aLook, anEnding } from '../../support/endings.ts'

function queues(fault?: Error) {
  const sent: { readonly queue: QueueName; readonly message: Message; readonly delay: number | undefined }[] = []
  const endings = createEndings({
    async send(queue, message, delay) {
      if (fault !== undefined) throw fault
      sent.push({ queue, message, delay })
    },
  })
  const idsIn = (queue: QueueName) =>
    sent.flatMap((one) =>
      one.queue === queue && one.message.kind === 'ending' ? [one.message.ending.participantId] : [],
    )
  return { sent, endings, idsIn }
}

describe('what ends', () => {
  it('goes into the queue of its urgency', async () => {
    const { endings, idsIn } = queues()
    await endings.send(PRIORITIES.map((priority) => anEnding({ id: priority, priority })))
    expect(idsIn('urgent')).toEqual(['ban', 'kick'])
    expect(idsIn('later')).toEqual(['demotion'])
    expect(idsIn('ordinary')).toEqual(['replace', 'leave', 'sweep', 'look'])
  })

  it('goes each by itself, in order', async () => {
    const { endings, idsIn } = queues()
    const ids = Array.from({ length: 23 }, (_, index) => `p${index}`)
    await endings.send(ids.map((id) => anEnding({ id })))
    expect(idsIn('urgent')).toEqual(ids)
  })

  it('is no message where it is nothing', async () => {
    const { endings, sent } = queues()
    await endings.send([])
    await endings.demote([])
    expect(sent).toEqual([])
  })

  it('is not done where it could not be sent', async () => {
    const fault = new Fault('storage_unavailable', 'test')
    const { endings } = queues(fault)
    await expect(endings.send([anEnding()])).rejects.toBe(fault)
    await expect(endings.demote([aDemotion()])).rejects.toBe(fault)
  })
})

describe('what is for later', () => {
  it.each([
    [0, 0],
    [15, 15],
    [900, 900],
    [901, 900],
  ])('is a demotion with %i seconds left: a message in %i', async (deadlineSeconds, delay) => {
    const { endings, sent } = queues()
    const demotion = aDemotion({ deadlineSeconds })
    await endings.demote([demotion])
    expect(sent).toEqual([{ queue: 'later', message: { kind: 'demotion', demotion }, delay }])
  })

  it('is a look, in so many seconds', async () => {
    const { endings, sent } = queues()
    await endings.look(aLook(), 40)
    expect(sent).toEqual([{ queue: 'later', message: { kind: 'look', look: aLook() }, delay: 40 }])
  })
})
