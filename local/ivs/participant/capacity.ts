import type { World } from '../world/world.ts'

const MAX_PUBLISHERS = 12
const MAX_SUBSCRIBERS = 10_000
const MAX_PUBLISHERS_OF_ACCOUNT = 1000
const MAX_SUBSCRIPTIONS_OF_ACCOUNT = 20_000

/** Counted when publishing begins, not when a token is minted. `undefined`: a session that is not open yet. */
export function isFullOfPublishers(world: World, sessionId: string | undefined): boolean {
  if (world.quotas && world.live.publishers >= MAX_PUBLISHERS_OF_ACCOUNT) return true
  return sessionId !== undefined && world.live.publishersOf(sessionId).size >= MAX_PUBLISHERS
}

/** `beside`: subscribers who are about to make room. */
export const isFullOfSubscribers = (world: World, sessionId: string | undefined, beside: number): boolean =>
  sessionId !== undefined && world.live.subscribersOf(sessionId) - beside >= MAX_SUBSCRIBERS

export const isFullOfSubscriptions = (world: World, added: number): boolean =>
  world.quotas && world.live.subscriptions + added > MAX_SUBSCRIPTIONS_OF_ACCOUNT
