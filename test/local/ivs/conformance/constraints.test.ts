import { describe, expect, it } from 'vitest'
import { ACCOUNT, REGION, served } from '../stand.ts'
import { withBroken } from './breaks.ts'
import { breaksOfCreatesAndGets } from './breaks-of-creates-and-gets.ts'
import { breaksOfTheRest } from './breaks-of-the-rest.ts'
import { furnish } from './furnished.ts'
import { inputs } from './inputs.ts'
import { outcomeOf } from './send.ts'

const { stand, client } = served()
const all = { ...breaksOfCreatesAndGets, ...breaksOfTheRest }

/** Adds what a valid input cannot hold beside the rest, but whose members have constraints of their own. */
const withOtherChoices = (operation: string, input: object): object =>
  operation === 'StartComposition'
    ? withBroken(input, 'destinations.0.channel.channelArn', `arn:aws:ivs:${REGION}:${ACCOUNT}:channel/abc`)
    : input

describe('an input one step outside a constraint', () => {
  it('is known for all 39 operations', () => {
    expect(Object.keys(all).sort()).toEqual(Object.keys(inputs).sort())
    expect(Object.keys(all)).toHaveLength(39)
  })

  it.each(Object.entries(all))('is refused by %s, naming the member', async (operation, members) => {
    const world = furnish(stand)
    const before = JSON.stringify(stand.ivs.snapshot())
    const valid = withOtherChoices(operation, inputs[operation]?.(world) ?? {})
    for (const [member, values] of Object.entries(members)) {
      for (const value of values) {
        const { error } = await outcomeOf(client, operation, withBroken(valid, member, value))
        const leaf = member.split('.').findLast((step) => !/^\d+$/.test(step)) ?? ''
        expect.soft(error, `${member} = ${JSON.stringify(value)}`).toMatchObject({
          name: 'ValidationException',
          status: 400,
          text: expect.stringMatching(new RegExp(`Value at '[^']*\\b${leaf}\\b[^']*' failed to satisfy constraint`)),
        })
      }
    }
    expect(JSON.stringify(stand.ivs.snapshot())).toBe(before)
  })
})
