import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import { parseSigningKeys } from '../../lib/token/signing-keys.ts'
import { runKeys } from '../../tools/keys/command-line.ts'
import { keyPair, publicKeyArn, signingSecretText } from '../lib/token/terms.ts'
import { DEPLOYMENT, fails, importByHand, type KeysMemory, keysMemory, keysOn, START } from './keys-memory.ts'

let memory: KeysMemory
const keys = (line: string, now = START) => keysOn(memory, line, now)

beforeEach(() => {
  memory = keysMemory()
})

describe('keys create', () => {
  it('makes a pair that verifies, current because it is the first', async () => {
    expect(await keys('create')).toMatchObject({ ok: true, text: expect.stringContaining('It is current') })
    const [imported] = memory.imported.values()
    expect(imported).toMatchObject({ name: DEPLOYMENT, deployment: DEPLOYMENT })
    expect(createPublicKey(imported?.pem ?? '').asymmetricKeyDetails?.namedCurve).toBe('secp384r1')
    expect(memory.secret().current).toBe(imported?.arn)
    expect(parseSigningKeys(memory.secretText ?? '').current).toBe('made1')
    expect(await keys('verify')).toMatchObject({ ok: true, text: 'ok     made1 (current)' })
  })

  it.each([
    ['create', 'made1'],
    ['create --activate', 'made2'],
    ['create --activate --name spare_key', 'made2'],
  ])('after the first, `%s` leaves %s current', async (line, current) => {
    await keys('create')
    expect(await keys(line)).toMatchObject({ ok: true })
    expect(memory.secret().current).toBe(publicKeyArn(current))
    expect(memory.secret().keys.map((key) => key.publicKeyArn)).toEqual([publicKeyArn('made1'), publicKeyArn('made2')])
  })

  it('refuses a fourth key in the Region, changing nothing', async () => {
    for (const id of ['a', 'b', 'c']) importByHand(memory, id)
    expect(await keys('create')).toMatchObject({
      ok: false,
      text: expect.stringContaining('already has 3 public keys'),
    })
    expect(memory.imported.size).toBe(3)
    expect(memory.secretText).toBeUndefined()
  })

  it('refuses when the last slot goes to somebody else meanwhile', async () => {
    for (const id of ['a', 'b', 'c']) importByHand(memory, id)
    memory.publicKeys.list = async () => []
    expect(await keys('create')).toMatchObject({
      ok: false,
      text: expect.stringContaining('already has 3 public keys'),
    })
  })

  it('refuses a seventh key in the secret, changing nothing', async () => {
    const { privateKeyPem } = keyPair()
    memory.secretText = signingSecretText(Object.fromEntries([...'abcdef'].map((id) => [id, privateKeyPem])))
    expect(await keys('create')).toMatchObject({ ok: false, text: expect.stringContaining('already holds 6 keys') })
    expect(memory.imported.size).toBe(0)
  })

  it('does not overwrite a secret it does not understand', async () => {
    memory.secretText = '{"something":"else"}'
    expect(await keys('create')).toMatchObject({ ok: false, text: expect.stringContaining('cannot be used') })
    expect(memory.secretText).toBe('{"something":"else"}')
    expect(memory.imported.size).toBe(0)
  })

  it('finds its own key again when the answer to the import was lost', async () => {
    importByHand(memory, 'other')
    importByHand(memory, 'unreadable', 'not a PEM')
    memory.trouble.afterImport = () => undefined
    expect(await keys('create')).toMatchObject({ ok: true })
    expect(memory.secret().current).toBe(publicKeyArn('made1'))
    expect(await keys('verify')).toMatchObject({ ok: true })
  })

  it('deletes the imported key again when the secret cannot be written', async () => {
    memory.trouble.beforeWrite = fails('PutSecretValue failed: AccessDeniedException')
    const report = await keys('create')
    expect(report).toMatchObject({ ok: false, text: expect.stringContaining('AccessDeniedException') })
    expect(report.text).toContain('deleted again')
    expect(memory.imported.size).toBe(0)
  })

  it('says which key is left when that cannot be deleted either', async () => {
    memory.trouble.beforeWrite = fails('down')
    memory.trouble.beforeRemove = fails('down')
    expect(await keys('create')).toMatchObject({
      ok: false,
      text: expect.stringContaining(`delete ${publicKeyArn('made1')} by hand`),
    })
  })

  it('keeps the key when the secret was written and only the answer was lost', async () => {
    memory.trouble.afterWrite = fails('TimeoutError')
    expect(await keys('create')).toMatchObject({ ok: true })
    memory.trouble.afterWrite = () => undefined
    expect(await keys('verify')).toMatchObject({ ok: true })
  })

  it('keeps the key, and says so, when nobody can tell whether the secret was written', async () => {
    memory.trouble.afterWrite = () => {
      memory.trouble.beforeRead = fails('down')
      throw new Error('TimeoutError')
    }
    expect(await keys('create')).toMatchObject({ ok: false, text: expect.stringContaining('may or may not') })
    expect(memory.imported.size).toBe(1)
  })
})

describe('keys verify', () => {
  const good = keyPair()
  const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString()

  it.each<[string, string, string | undefined, string]>([
    ['is not imported', good.privateKeyPem, undefined, 'no public key with this ARN'],
    ['was imported from another pair', good.privateKeyPem, keyPair().publicKeyPem, 'belongs to another private key'],
    ['has an unreadable public key', good.privateKeyPem, 'no PEM', 'public key in IVS cannot be read'],
    ['has a private key on another curve', p256, good.publicKeyPem, 'not on the curve P-384'],
    ['has no private key at all', 'no PEM', good.publicKeyPem, 'not an unencrypted PEM private key'],
  ])('tells which key %s', async (_label, privateKeyPem, publicKeyPem, problem) => {
    const other = keyPair()
    memory.secretText = signingSecretText({ fine: other.privateKeyPem, bad: privateKeyPem })
    importByHand(memory, 'fine', other.publicKeyPem)
    if (publicKeyPem !== undefined) importByHand(memory, 'bad', publicKeyPem)
    const report = await keys('verify')
    expect(report.ok).toBe(false)
    expect(report.lines[0]).toBe('ok     fine (current)')
    expect(report.lines[1]).toMatch(/^WRONG {2}bad: /)
    expect(report.lines[1]).toContain(problem)
  })

  it('says which key it could not look up', async () => {
    await keys('create')
    memory.trouble.beforeGet = fails('GetPublicKey failed: ThrottlingException')
    expect(await keys('verify')).toMatchObject({
      ok: false,
      text: 'FAILED made1 (current): GetPublicKey failed: ThrottlingException',
    })
  })

  it('asks for a key when there is none', async () => {
    expect(await keys('verify')).toMatchObject({ ok: false, text: expect.stringContaining('keys -- create') })
  })
})

describe('keys list', () => {
  it('says what is where, which is current, and what is free', async () => {
    await keys('create')
    await keys('create --name next')
    importByHand(memory, 'foreign', undefined, 'stagedoor-prod')
    memory.imported.delete(publicKeyArn('made1'))
    expect((await keys('list')).lines).toEqual([
      `${publicKeyArn('made2')}  in the secret, named next, of stagedoor-dev`,
      `${publicKeyArn('foreign')}  not in the secret, of stagedoor-prod`,
      `${publicKeyArn('made1')}  current, in the secret, NOT IN IVS`,
      '1 of 3 slots free in this Region.',
      'made1 signs new participants.',
    ])
  })

  it('works before there is a secret', async () => {
    importByHand(memory, 'x')
    expect(await keys('list')).toMatchObject({
      ok: true,
      text: [
        `${publicKeyArn('x')}  not in the secret, no deployment tag`,
        '2 of 3 slots free in this Region.',
        'stagedoor/dev/signing does not exist yet.',
      ].join('\n'),
    })
  })
})

describe('the command line of keys', () => {
  it.each([
    ['no command', ''],
    ['an unknown command', 'destroy'],
    ['a key where none belongs', 'create made1'],
    ['no key where one belongs', 'activate'],
    ['two keys', 'retire made1 made2'],
  ])('shows its usage for %s', async (_label, line) => {
    expect(await keys(line)).toMatchObject({ ok: false, text: expect.stringContaining('npm run keys -- <command>') })
  })

  it.each([
    ['an unknown option', 'create --force', '--force'],
    ['a stage that is none', 'create --stage ../x', '--stage'],
    ['a name IVS refuses', 'create --name a.b', '--name'],
    ['no minutes', 'retire x --longest soon', '--longest'],
    ['more than 14 days', 'retire x --longest 20161', '--longest'],
  ])('refuses %s', async (_label, line, option) => {
    expect(await keys(line)).toMatchObject({ ok: false, text: expect.stringContaining(option) })
    expect(memory.imported.size).toBe(0)
  })

  it.each([
    ['create', 'stagedoor/dev/signing', 'stagedoor-dev'],
    ['create --stage prod', 'stagedoor/prod/signing', 'stagedoor-prod'],
    ['create --stage prod --secret mine', 'mine', 'stagedoor-prod'],
  ])('%s works on %s as %s', async (line, secretId, deployment) => {
    const targets: unknown[] = []
    const portsFor = (target: unknown): KeysMemory => {
      targets.push(target)
      return memory
    }
    await runKeys({ args: line.split(' '), now: START, portsFor })
    expect(targets).toEqual([{ secretId, deployment }])
  })

  it('reports a service that is down by the name of its error', async () => {
    memory.trouble.beforeRead = fails('GetSecretValue failed: TimeoutError')
    expect(await keys('list')).toMatchObject({ ok: false, lines: ['GetSecretValue failed: TimeoutError'] })
  })

  it('helps', async () => {
    expect(await keys('--help')).toMatchObject({ ok: true, text: expect.stringContaining('--compromised') })
  })
})
