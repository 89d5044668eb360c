import { describe, expect, it } from 'vitest'
import { matchRoute, routeOf } from '../../../local/gateway/routes.ts'

const routes = [
  'GET /v1/stages',
  'GET /v1/stages/{stageId}',
  'GET /v1/stages/special',
  'POST /v1/stages/{stageId}/join',
  'GET /v1/{any+}',
  '* /v1/stages/{stageId}/all',
].map((key) => {
  const [method = '', path = ''] = key.split(' ')
  return routeOf({ method, path }, key)
})

describe('matchRoute', () => {
  it.each([
    ['static', 'GET', '/v1/stages', 'GET /v1/stages', {}],
    ['a parameter', 'GET', '/v1/stages/a-b', 'GET /v1/stages/{stageId}', { stageId: 'a-b' }],
    ['a parameter stays encoded', 'GET', '/v1/stages/a%2Fb', 'GET /v1/stages/{stageId}', { stageId: 'a%2Fb' }],
    ['static beats a parameter', 'GET', '/v1/stages/special', 'GET /v1/stages/special', {}],
    ['a parameter beats greedy', 'GET', '/v1/stages/x', 'GET /v1/stages/{stageId}', { stageId: 'x' }],
    ['greedy takes the rest', 'GET', '/v1/a/b/c', 'GET /v1/{any+}', { any: 'a/b/c' }],
    ['any method', 'PATCH', '/v1/stages/x/all', '* /v1/stages/{stageId}/all', { stageId: 'x' }],
  ])('%s', (_, method, path, key, parameters) => {
    const match = matchRoute(routes, method, path)
    expect(match?.route.key).toBe(key)
    expect(match?.parameters).toEqual(parameters)
  })

  it.each([
    ['another method', 'PUT', '/v1/stages'],
    ['a trailing slash', 'POST', '/v1/stages/x/join/'],
    ['an empty parameter', 'POST', '/v1/stages//join'],
    ['another case', 'POST', '/V1/stages/x/join'],
    ['a longer path', 'POST', '/v1/stages/x/join/y'],
    ['the empty path', 'GET', '/'],
    ['a method of another case', 'post', '/v1/stages/x/join'],
  ])('does not match %s', (_, method, path) => {
    expect(matchRoute(routes, method, path)).toBeUndefined()
  })
})
