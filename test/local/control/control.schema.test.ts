import { expect, it } from 'vitest'
import { parseFault, parseLogin, parseSeconds } from '../../../local/control/control.schema.ts'

it.each([
  ['a login without a name', parseLogin({}), 'sub: invalid_type'],
  ['a field it does not have', parseLogin({ sub: 'ada', role: 'admin' }), 'role: no such field'],
  [
    'two of them',
    parseLogin({ sub: 'ada', role: 'admin', stage: 'demo' }),
    'role: no such field; stage: no such field',
  ],
  ['a body that is no object', parseLogin([]), 'the body: invalid_type'],
  ['a target nobody has', parseFault({ target: 'dynamo', mode: 'error' }), 'target: invalid_value'],
  ['time that goes back', parseSeconds({ advance: -1 }), 'advance: too_small'],
])('%s is refused by the name of what is wrong', (_, parsed, refusal) => {
  expect(parsed).toEqual({ ok: false, refusal })
})
