import { describe, expect, it } from 'vitest'
import { errorNames } from '../../../../local/ivs/model/row.ts'
import { realtime } from '../../../../local/ivs/realtime.ts'
import { exceptionOf } from '../room.ts'
import { stand } from '../stand.ts'
import { furnish } from './furnished.ts'
import { inputs } from './inputs.ts'

/** Where 404 is not modelled but something has to be answered: the switch `listsOfMissing`. */
const UNMODELLED = new Set([
  'ListParticipants ResourceNotFoundException',
  'ListParticipantEvents ResourceNotFoundException',
  'ListParticipantReplicas ResourceNotFoundException',
  'ListStageSessions ResourceNotFoundException',
])

describe('an operation', () => {
  it.each([...realtime.operations])('%s answers no error the model does not give it', (name, { row }) => {
    const made = stand({ quotas: true })
    const valid = inputs[name]?.(furnish(made)) ?? {}
    const modelled = row.errors.split(' ').map((letters) => errorNames[letters as keyof typeof errorNames])
    const emptied = () => made.ivs.restore([])
    const again = () => undefined
    const answers = [again, again, again, again, again, emptied].map((prepare) => {
      prepare()
      return exceptionOf(made, name, valid)
    })
    const unmodelled = answers.filter((answer) => answer !== 'none' && !modelled.includes(answer as never))
    expect(unmodelled.filter((answer) => !UNMODELLED.has(`${name} ${answer}`))).toEqual([])
    expect(modelled.every((full) => full !== undefined)).toBe(true)
  })
})
