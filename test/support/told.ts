import type { EventNote } from '../../local/events/event-bridge.ts'
import type { Numbered } from '../../local/notes.ts'
import type { TestTwin } from './twin.ts'

/** The events that were put on a bus while `work` ran, those lost on their way included; of every bus unless one is named. */
export async function toldDuring(
  twin: Pick<TestTwin, 'local'>,
  work: () => Promise<unknown>,
  bus?: string,
): Promise<readonly Numbered<EventNote>[]> {
  const { last } = await twin.local<{ last: number }>('GET', '/events')
  await work()
  const query = bus === undefined ? `since=${last}` : `since=${last}&bus=${bus}`
  return (await twin.local<{ entries: Numbered<EventNote>[] }>('GET', `/events?${query}`)).entries
}
