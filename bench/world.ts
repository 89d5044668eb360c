import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import type { StagedoorConfig } from '../lib/config/config.ts'
import type { StageId, StageUid } from '../lib/ids.ts'
import { createStageStore } from '../lib/stage/stage-store.dynamodb.ts'
import { toWireItem } from '../lib/storage/attribute-values.dynamodb.ts'
import type { Table } from '../lib/storage/table.dynamodb.ts'
import type { StandIn } from './stand-in/start.ts'

const ISSUER = 'https://login.example.com/'
const AUDIENCE = 'app'
const TABLE = 'stagedoor'
const SECRET = 'stagedoor/bench/signing'
const STAGE = 'town-hall'
const STAGE_ARN = 'arn:aws:ivs:eu-west-1:111122223333:stage/abcdABCDefgh'
const KEY_ARN = 'arn:aws:ivs:eu-west-1:111122223333:public-key/f99cde61-c2b0-4df3-8941-ca7d38acca1a'
const ENDPOINTS = { events: 'wss://global.events.live-video.net', whip: 'https://global.whip.live-video.net' }
const KID = 'key-1'

/** Everything that one measurement shares: keys, a stage, and as many users with a login as asked for. */
export interface World {
  /** Variables of every contender's process. */
  readonly env: Readonly<Record<string, string>>
  /** Whatever else one of our Lambdas is told. */
  envOf(functionName: string): Readonly<Record<string, string>>
  /** The configuration that our bundle is built with: one issuer, its key set at an address. */
  readonly config: StagedoorConfig
  /** The same, with the issuer's keys in it: nothing has to be fetched, as nothing has to be for the patterns. */
  readonly configWithKeys: StagedoorConfig
  readonly events: readonly object[]
}

export async function makeWorld(standIn: StandIn, users: number): Promise<World> {
  const signing = generateKeyPairSync('ec', { namedCurve: 'P-384' })
  const login = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const privateKeyPem = signing.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
  const publicPem = login.publicKey.export({ format: 'pem', type: 'spki' }).toString()
  const jwk = { ...login.publicKey.export({ format: 'jwk' }), kid: KID, alg: 'RS256', use: 'sig' }
  await standIn.putText('jwks', JSON.stringify({ keys: [jwk] }))
  await standIn.putText(SECRET, JSON.stringify({ current: KEY_ARN, keys: [{ publicKeyArn: KEY_ARN, privateKeyPem }] }))
  await standIn.putText('pattern-key', privateKeyPem)
  await standIn.putText('/pattern/endpoints', JSON.stringify(ENDPOINTS))
  await putStages(standIn)
  const issuer = { issuer: ISSUER, audience: AUDIENCE, algorithms: ['RS256' as const], rolesClaim: 'cognito:groups' }
  return {
    env: {
      ...placeholders('join'),
      ...endpointsAt(standIn.url),
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'AKIALOCALBENCH',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_LAMBDA_FUNCTION_NAME: 'join',
      TABLE_NAME: TABLE,
      SIGNING_SECRET_ID: SECRET,
      PATTERN_LOGIN_KEY: publicPem,
      PATTERN_ISSUER: ISSUER,
      PATTERN_AUDIENCE: AUDIENCE,
      PATTERN_PRIVATE_KEY: privateKeyPem,
      PATTERN_PUBLIC_KEY_ARN: KEY_ARN,
      PATTERN_STAGE_ARN: STAGE_ARN,
    },
    envOf: placeholders,
    config: { issuers: [{ ...issuer, jwksUri: `${standIn.url}/jwks.json` }] },
    configWithKeys: { issuers: [{ ...issuer, jwks: { keys: [jwk] } }] },
    events: Array.from({ length: users }, (_, user) => joinEvent(user, loginOf(user, login.privateKey))),
  }
}

const endpointsAt = (url: string): Record<string, string> =>
  Object.fromEntries(
    ['DYNAMODB', 'IVS_REALTIME', 'SECRETS_MANAGER', 'SSM', 'SQS'].map((name) => [`AWS_ENDPOINT_URL_${name}`, url]),
  )

/** Queues, buses and names that a plain join never calls; another name than a function's has none. */
function placeholders(functionName: string): Record<string, string> {
  const file = readFileSync(join(import.meta.dirname, '../serverless.yml'), 'utf8')
  const { functions } = parse(file, { logLevel: 'error' })
  const names = Object.keys(functions[functionName]?.environment ?? {})
  return Object.fromEntries(names.map((name) => [name, `https://sqs.eu-west-1.amazonaws.com/111122223333/${name}`]))
}

/** The stage record as our own store writes it, and as the patterns keep theirs. */
async function putStages(standIn: StandIn): Promise<void> {
  const now = Date.now()
  const table: Pick<Table, 'put'> = {
    put: async (key, item) => {
      const wireKey = { pk: { S: key.pk }, sk: { S: key.sk } }
      await standIn.putItem(TABLE, wireKey, { ...toWireItem(item), ...wireKey })
      return { done: true }
    },
  }
  await createStageStore(table as Table).create({
    stageId: STAGE as StageId,
    uid: '3f1c9a52-5d7e-4d0e-9d57-0b6a4f8f2f11' as StageUid,
    generation: { number: 1, stageArn: STAGE_ARN },
    endpoints: [{ ...ENDPOINTS, version: 1, fetchedAt: now }],
    access: 'open',
    defaultRole: 'viewer',
    roles: {},
    seats: 12,
    reservedSeats: 0,
    sessionPolicy: { mode: 'allow', max: 3 },
    tags: {},
    adopted: false,
    retired: [],
    deleting: false,
    createdAt: now,
    updatedAt: now,
    version: 1,
  })
  const room = { stageId: { S: STAGE }, stageArn: { S: STAGE_ARN }, state: { S: 'ACTIVE' }, hostId: { S: 'host' } }
  await standIn.putItem('rooms', { stageId: { S: STAGE } }, room)
  await standIn.putItem('rooms', undefined, room)
  await standIn.putItem('members', { stageId: { S: STAGE }, userId: { S: 'member' } }, { role: { S: 'viewer' } })
}

function loginOf(user: number, key: KeyObject): string {
  const now = Math.floor(Date.now() / 1000)
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url')
  const claims = {
    iss: ISSUER,
    aud: AUDIENCE,
    sub: `${crypto.randomUUID()}`,
    name: `User ${user}`,
    'cognito:groups': ['members'],
    iat: now,
    exp: now + 6 * 3600,
  }
  const input = `${encode({ alg: 'RS256', kid: KID, typ: 'JWT' })}.${encode(claims)}`
  return `${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`
}

/** As API Gateway's HTTP API hands a browser's request over, payload format 2.0. */
function joinEvent(user: number, login: string): object {
  const path = `/v1/stages/${STAGE}/join`
  const host = 'abc123defg.execute-api.eu-west-1.amazonaws.com'
  const userAgent = 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)'
  const sourceIp = `203.0.113.${user % 250}`
  return {
    version: '2.0',
    routeKey: 'POST /v1/stages/{stageId}/join',
    rawPath: path,
    rawQueryString: '',
    headers: {
      accept: 'application/json',
      'accept-encoding': 'gzip, deflate, br',
      'accept-language': 'en-GB,en;q=0.9',
      authorization: `Bearer ${login}`,
      'content-length': '2',
      'content-type': 'application/json',
      host,
      origin: 'https://app.example.com',
      referer: 'https://app.example.com/',
      'user-agent': userAgent,
      'x-amzn-trace-id': 'Root=1-6920411a-3d2b1c0f5a6b7c8d9e0f1a2b',
      'x-forwarded-for': sourceIp,
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
    },
    requestContext: {
      accountId: '111122223333',
      apiId: 'abc123defg',
      domainName: host,
      domainPrefix: 'abc123defg',
      http: { method: 'POST', path, protocol: 'HTTP/1.1', sourceIp, userAgent },
      requestId: `JKJaXmPLvHcESHA${user}=`,
      routeKey: 'POST /v1/stages/{stageId}/join',
      stage: '$default',
      time: '21/Nov/2026:10:35:06 +0000',
      timeEpoch: Date.now(),
    },
    pathParameters: { stageId: STAGE },
    body: '{"attributes":{"displayName":"Ada"}}',
    isBase64Encoded: false,
  }
}
