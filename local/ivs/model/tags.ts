import type { Rows } from './row.ts'
import { anyArn, tags } from './scalars.ts'
import { inPath, inQuery, list, required, string } from './shape.ts'

export const tagsRows = {
  TagResource: {
    method: 'POST',
    path: '/tags/{resourceArn}',
    tps: 10,
    errors: 'V NF IS',
    on: ['resourceArn'],
    input: { resourceArn: required(inPath(anyArn)), tags: required(tags) },
    output: {},
  },

  UntagResource: {
    method: 'DELETE',
    path: '/tags/{resourceArn}',
    tps: 10,
    errors: 'V NF IS',
    on: ['resourceArn'],
    input: {
      resourceArn: required(inPath(anyArn)),
      tagKeys: required(inQuery(list(string({ min: 1, max: 128 }), { min: 0, max: 50 }))),
    },
    output: {},
  },

  ListTagsForResource: {
    method: 'GET',
    path: '/tags/{resourceArn}',
    tps: 10,
    errors: 'V NF IS',
    on: ['resourceArn'],
    input: { resourceArn: required(inPath(anyArn)) },
    output: { tags: required(tags) },
  },
} as const satisfies Rows
