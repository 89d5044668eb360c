import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { defaultAssumptions } from '../local/ivs/assumptions.ts'
import { realtime } from '../local/ivs/realtime.ts'

const BEGIN = '<!-- operations: written by tools/ivs-table.ts -->'
const END = '<!-- operations end -->'
export const DOCUMENT = join(import.meta.dirname, '../docs/local-ivs.md')

/** What a caller should know beyond "as IVS does". */
const remarks: Readonly<Record<string, string>> = {
  CreateIngestConfiguration: 'a `stageArn` that is not there is a 400: 404 is not modelled',
  CreateParticipantToken: 'not idempotent; `emptyCapabilities`, `attributesCount`, `tokenEcho`',
  CreateStage: 'not idempotent; a storage configuration that is not there is a 400: 404 is not modelled',
  CreateStorageConfiguration: 'no bucket is looked at, no policy written',
  DeletePublicKey: '`deletedKeyKillsUnjoinedTokens`',
  DeleteStage: 'works with people inside; the modelled 409 never comes',
  DeleteStorageConfiguration: '409 while a composition or a stage uses it',
  DisconnectParticipant: '`disconnectRevokesNeverJoined`, `disconnectedIdRefused`',
  GetParticipant: '`published` means ever; ids with `_` cannot be asked for',
  GetStage: '`readLagMs`, as every Get and List below',
  ImportPublicKey: 'at most three, `duplicateKeyImport`; the fingerprint is not IVS’s',
  ListParticipantEvents: '`listsOfMissing`',
  ListParticipantReplicas: '`listsOfMissing`',
  ListParticipants: '`listsOfMissing`; one filter at most',
  ListIngestConfigurations: 'one filter at most',
  ListStageSessions: '`listsOfMissing`; ended sessions are kept for good',
  StartComposition: 'idempotent while the composition can be asked for; no media',
  StartParticipantReplication: '409 for someone who does not publish',
  UpdateIngestConfiguration: '409 while live',
  UpdateStage: '409 for the recording configuration while someone is recorded',
}

const rowOf = ([name, { row }]: [
  string,
  { row: { method: string; path: string; tps: number; errors: string } },
]): string =>
  `| ${row.method === 'POST' && row.path === `/${name}` ? name : `${name} (\`${row.method} ${row.path}\`)`} | ${row.tps} | ${row.errors} | ${remarks[name] ?? ''} |`

/** The table of all operations. */
function operationTable(): string {
  const rows = [...realtime.operations].sort(([a], [b]) => a.localeCompare(b)).map(rowOf)
  return ['| Operation | Calls/s | Errors | Beyond what IVS’s pages say |', '|---|---|---|---|', ...rows].join('\n')
}

/** The document with the table as it is now. */
export function withTable(document: string): string {
  const [before = '', rest = ''] = document.split(BEGIN)
  const [, after = ''] = rest.split(END)
  return `${before}${BEGIN}\n${operationTable()}\n${END}${after}`
}

/** Switches the document does not name. */
export const unnamedAssumptions = (document: string): string[] =>
  Object.keys(defaultAssumptions).filter((name) => !document.includes(`\`${name}\``))

if (process.argv[1] === import.meta.filename) writeFileSync(DOCUMENT, withTable(readFileSync(DOCUMENT, 'utf8')))
