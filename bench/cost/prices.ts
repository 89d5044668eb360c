/**
 * AWS's list prices in us-east-1, in dollars, beyond every free tier, as of 2026-11-21. Those of DynamoDB, Lambda and Secrets
 * Manager agree with what public pages quote from the price list; the others are as remembered. Whoever knows better, runs
 * another Region or has a discount changes them here and runs `npm run bench:cost`.
 */
export const PRICED_ON = '2026-11-21'

const MILLION = 1_000_000
const GIGABYTE = 1_000_000_000

export const PRICES = {
  httpApiRequest: 1.0 / MILLION,
  lambdaRequest: 0.2 / MILLION,
  /** arm64. */
  lambdaGigabyteSecond: 0.000_013_333_4,
  /** On demand; a unit is one item of up to 1 KB written, or up to 4 KB read consistently. */
  writeUnit: 0.625 / MILLION,
  readUnit: 0.125 / MILLION,
  sqsRequest: 0.4 / MILLION,
  secretsCall: 0.05 / 10_000,
  secretMonth: 0.4,
  customEvent: 1.0 / MILLION,
  logByte: 0.5 / GIGABYTE,
  /** To the internet. */
  outByte: 0.09 / GIGABYTE,
  alarmMonth: 0.1,
} as const
