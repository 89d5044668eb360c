import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Draws docs/performance/*.svg from the reference runs beside them. `npm run bench:pictures` */
const directory = join(import.meta.dirname, '../docs/performance')
const WIDTH = 760
const ROW = 30
const LABEL = 270
const VALUE = 90

type Row = Readonly<Record<string, string | number>>
const rowsOf = (file: string, part: string): readonly Row[] =>
  JSON.parse(readFileSync(join(directory, `${file}.json`), 'utf8'))[part]

interface Bar {
  readonly label: string
  readonly value: number
  readonly isOurs: boolean
}

const barsOf = (rows: readonly Row[], label: string, value: string): readonly Bar[] =>
  rows.map((row) => ({
    label: String(row[label]),
    value: Number(row[value]),
    isOurs: /stagedoor|^join$/.test(String(row[label])),
  }))

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

/** Horizontal bars, as long as their values; readable on light and dark pages. */
function picture(title: string, unit: string, bars: readonly Bar[]): string {
  const most = Math.max(...bars.map(({ value }) => value))
  const height = ROW * (bars.length + 1) + 16
  const rows = bars.map(({ label, value, isOurs }, index) => {
    const y = ROW * (index + 1) + 8
    const length = Math.max(2, (value / most) * (WIDTH - LABEL - VALUE))
    return [
      `<text x="${LABEL - 10}" y="${y + 15}" text-anchor="end">${escaped(label)}</text>`,
      `<rect x="${LABEL}" y="${y}" width="${length.toFixed(1)}" height="20" rx="3" fill="${isOurs ? '#2f81f7' : '#8b949e'}"/>`,
      `<text x="${(LABEL + length + 8).toFixed(1)}" y="${y + 15}">${value}${unit}</text>`,
    ].join('\n')
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escaped(title)}">
<style>text{font:13px sans-serif;fill:#57606a}.title{font-weight:bold}@media(prefers-color-scheme:dark){text{fill:#c9d1d9}}</style>
<text class="title" x="0" y="20">${escaped(title)}</text>
${rows.join('\n')}
</svg>
`
}

const crowd = rowsOf('crowd', 'modelled').filter(({ splitting }) => splitting === 'off')
const pictures = {
  'warm-join': picture(
    'A warm join, services answer at once: p50',
    ' ms',
    barsOf(rowsOf('join', 'atOnce'), 'join', 'p50 ms'),
  ),
  'warm-join-region': picture(
    'A warm join, services as slow as in a Region: p50',
    ' ms',
    barsOf(rowsOf('join', 'realistic'), 'join', 'p50 ms'),
  ),
  'cold-import': picture('import() of each bundle', ' ms', barsOf(rowsOf('cold', 'imported'), 'bundle', 'import ms')),
  'first-answer': picture(
    'Process start to first 201, services answer at once',
    ' ms',
    barsOf(rowsOf('cold', 'atOnce'), 'first 201', 'p50 ms'),
  ),
  crowd: picture('25,000 users in 10 s, modelled: served', ' %', barsOf(crowd, 'contestant', 'served %')),
}
for (const [name, svg] of Object.entries(pictures)) await writeFile(join(directory, `${name}.svg`), svg)
