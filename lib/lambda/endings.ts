import type { Endings, Watches } from '../ending/ending.ts'
import { createEndings } from '../ending/endings.ts'
import { queuesOnDemand } from './on-demand.ts'

/** The environment names of our queues, as a function's settings. */
export const QUEUES = {
  URGENT_ENDINGS_QUEUE_URL: 'required',
  ENDINGS_QUEUE_URL: 'required',
  LATER_QUEUE_URL: 'required',
} as const

/** Where whatever ends is sent. */
export const openEndings = (settings: Readonly<Record<keyof typeof QUEUES, string>>): Endings & Watches =>
  createEndings(
    queuesOnDemand({
      urgent: settings.URGENT_ENDINGS_QUEUE_URL,
      ordinary: settings.ENDINGS_QUEUE_URL,
      later: settings.LATER_QUEUE_URL,
    }),
  )
