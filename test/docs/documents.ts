import { globSync, readFileSync } from 'node:fs'

/** A Markdown file of the repository. */
export interface Document {
  readonly path: string
  readonly text: string
  /** Without fenced code: in code, brackets are not links. */
  readonly prose: string
}

const FENCED = /^```[\s\S]*?^```/gm

/** At the top and below docs/: nothing that was installed or built. */
export const documents: readonly Document[] = globSync(['*.md', 'docs/**/*.md']).map((path) => {
  const text = readFileSync(path, 'utf8')
  return { path, text, prose: text.replace(FENCED, '') }
})

export function documentAt(path: string): Document {
  const found = documents.find((document) => document.path === path)
  if (found === undefined) throw new Error(`there is no ${path}`)
  return found
}

/** The text below a heading of the second level, up to the next one. */
export function section(text: string, heading: string): string {
  const start = text.indexOf(`\n## ${heading}\n`)
  if (start < 0) throw new Error(`there is no section "${heading}"`)
  const end = text.indexOf('\n## ', start + 1)
  return text.slice(start, end < 0 ? undefined : end)
}

/** The cells of every table row in the text, header and rule left out. */
export function tableRows(text: string): readonly (readonly string[])[] {
  const lines = text.split('\n')
  return lines
    .filter((line, index) => line.startsWith('|') && !/^\|[\s:|-]+\|$/.test(line) && !isHeader(lines, index))
    .map((line) =>
      line
        .slice(1, line.lastIndexOf('|'))
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim()),
    )
}

const isHeader = (lines: readonly string[], index: number): boolean => /^\|[\s:|-]+\|$/.test(lines[index + 1] ?? '')

/** Everything between single backticks. */
export const codeIn = (text: string): readonly string[] =>
  [...text.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code)

/** As GitHub makes them: lower case, punctuation gone, spaces to hyphens. */
export const anchorsOf = (text: string): ReadonlySet<string> =>
  new Set(
    [...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  )
