import { type CollectionTag, parse, type ScalarTag } from 'yaml'

/** CloudFormation's short forms; `!Ref x` becomes `{ Ref: x }`, every other `!Name x` becomes `{ "Fn::Name": x }`. */
const SHORT_FORMS = ['Ref', 'Condition', 'GetAtt', 'Sub', 'Join', 'Select', 'Split', 'If', 'Equals', 'Not', 'And', 'Or']

const longNameOf = (short: string): string => (short === 'Ref' || short === 'Condition' ? short : `Fn::${short}`)

function scalarTag(short: string): ScalarTag {
  return {
    tag: `!${short}`,
    resolve: (text) => ({ [longNameOf(short)]: short === 'GetAtt' ? splitAtFirstDot(text) : text }),
  }
}

function collectionTag(short: string, collection: 'seq' | 'map'): CollectionTag {
  return {
    tag: `!${short}`,
    collection,
    resolve: (node) => ({ [longNameOf(short)]: node.toJSON() }) as never,
  }
}

/** `JoinRole.Arn` → `["JoinRole", "Arn"]`; attributes may hold dots of their own (`Outputs.Url`). */
export function splitAtFirstDot(text: string): [string, string] {
  const dot = text.indexOf('.')
  return dot < 0 ? [text, ''] : [text.slice(0, dot), text.slice(dot + 1)]
}

/**
 * Parses YAML that may hold CloudFormation short forms into plain data. Throws, in one line that names the file and the place,
 * where it is no YAML.
 */
export function parseTemplate(text: string, file = 'serverless.yml'): unknown {
  const customTags = SHORT_FORMS.flatMap((short) => [
    scalarTag(short),
    collectionTag(short, 'seq'),
    collectionTag(short, 'map'),
  ])
  try {
    return parse(text, { customTags })
  } catch (error) {
    const [line = ''] = error instanceof Error ? error.message.split('\n') : []
    throw new Error(`${file}: ${line.replace(/:$/, '')}`)
  }
}
