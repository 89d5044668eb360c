import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Metafile } from 'esbuild'

export interface Resource {
  readonly Type: string
  readonly DeletionPolicy?: string
  readonly Properties: Readonly<Record<string, unknown>>
}

export interface Packaged {
  /** What CloudFormation is given. */
  readonly template: { readonly Resources: Readonly<Record<string, Resource>> }
  readonly templateFile: string
  readonly metafiles: Readonly<Record<string, Metafile>>
  /** Names of the files in one function's zip. */
  zipped(name: string): Promise<string[]>
  remove(): Promise<void>
}

const root = join(import.meta.dirname, '../..')
const SOURCES = [
  'serverless.yml',
  'resources',
  'esbuild.config.mjs',
  'stagedoor.config.ts',
  'package.json',
  'tsconfig.json',
]
const FOLDERS = ['functions', 'lib', 'tools', 'docs']
const run = promisify(execFile)

/**
 * `serverless package` for one deployment stage, without credentials, on a copy: a stack that is using `dist/`
 * meanwhile notices nothing.
 */
export async function packageService(stage: string): Promise<Packaged> {
  const copy = await mkdtemp(join(tmpdir(), 'stagedoor-package-'))
  for (const name of [...SOURCES, ...FOLDERS])
    await cp(join(root, name), join(copy, name), {
      recursive: true,
      filter: (source) => !source.includes('node_modules', root.length),
    })
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction')
  const serverless = join(root, 'node_modules/serverless/bin/serverless.js')
  const { PATH = '', HOME = copy } = process.env
  await run(process.execPath, [serverless, 'package', '--stage', stage, '--package', 'out'], {
    cwd: copy,
    env: { PATH, HOME, AWS_EC2_METADATA_DISABLED: 'true' },
  })
  const templateFile = join(copy, 'out/cloudformation-template-update-stack.json')
  return {
    template: JSON.parse(await readFile(templateFile, 'utf8')),
    templateFile,
    metafiles: JSON.parse(await readFile(join(copy, 'dist/metafiles.json'), 'utf8')),
    zipped: async (name) => zipEntries(await readFile(join(copy, 'out', `${name}.zip`))),
    remove: () => rm(copy, { recursive: true, force: true }),
  }
}

const CENTRAL_HEADER = 0x02014b50

/** Reads the names from a zip's central directory (APPNOTE 4.3.12). */
function zipEntries(zip: Buffer): string[] {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'))
  const names: string[] = []
  let at = zip.readUInt32LE(end + 16)
  while (zip.readUInt32LE(at) === CENTRAL_HEADER) {
    const [name, extra, comment] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset)) as [
      number,
      number,
      number,
    ]
    names.push(zip.toString('utf8', at + 46, at + 46 + name))
    at += 46 + name + extra + comment
  }
  return names
}
