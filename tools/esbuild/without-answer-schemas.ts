import { readFile } from 'node:fs/promises'
import type { Plugin } from 'esbuild'

/** The schemas of answers document them: no Lambda checks its own answers, so none makes the schemas at its start. */
export function withoutAnswerSchemas(): Plugin {
  return {
    name: 'without-answer-schemas',
    setup(build) {
      build.onLoad({ filter: /[\\/]lib[\\/].*-answer\.schema\.ts$/ }, async ({ path }) => {
        const names = [...(await readFile(path, 'utf8')).matchAll(/^export const (\w+)/gm)].map(([, name]) => name)
        return { contents: names.map((name) => `export const ${name} = undefined`).join('\n'), loader: 'js' }
      })
    },
  }
}
