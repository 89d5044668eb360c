/**
 * What nobody has established about IVS and yet decides how a backend must be written. Each is a switch; the default is the
 * reading that is worst for a backend, so that what passes here does not lean on luck. `docs/local-ivs.md` explains each one.
 */
export const defaultAssumptions = {
  /** DisconnectParticipant on an id that never joined: false answers 404 and revokes nothing, true answers 200 and revokes it. */
  disconnectRevokesNeverJoined: false,
  /** A token of an id that was disconnected is refused at join (documented); false lets it back in. */
  disconnectedIdRefused: true,
  /** Whether the token that was exchanged away stops working for joins. */
  exchangeKillsOldToken: false,
  /** Whether an exchange must be signed by the key that signed the token it replaces. */
  exchangeNeedsSameKey: true,
  /** A deleted public key's unjoined tokens: true kills them at once, false lets tokens issued before the deletion live on. */
  deletedKeyKillsUnjoinedTokens: true,
  /** How long a created resource stays invisible to Get and List operations, in milliseconds of the twin's clock. */
  readLagMs: 200,
  /** The same for tokens of a stage just created: CreateParticipantToken answers 404. No page and no report hints at it. */
  mintLagMs: 0,
  /** How far `iat` may lie ahead and `exp` behind the service's clock, in seconds. */
  clockLeewaySeconds: 0,
  /** Whether a self-signed token without the claim `attributes` is refused: the guide says both. */
  attributesClaimRequired: true,
  /** Whether a self-signed token that allows neither publishing nor subscribing is refused. */
  emptyGrantRefused: true,
  /** What `capabilities: []` means in CreateParticipantToken: `both` (as if absent), `none`, or `refused`. */
  emptyCapabilities: 'both',
  /** How the 1 KB of attributes is counted: `json` (UTF-8 bytes of the serialized object) or `text` (keys and values alone). */
  attributesCount: 'json',
  /** Whether the holder of a token past its `exp` is refused new subscriptions, as the web SDK does. */
  expiryCheckedOnSubscribe: true,
  /** Whether CreateParticipantToken repeats `userId`, `attributes` and `duration` in its answer. */
  tokenEcho: true,
  /** What importing the same public key twice answers: `conflict` (409) or `accepted` (a second resource). */
  duplicateKeyImport: 'conflict',
  /** What List operations below a stage or session that does not exist answer: `not-found` (404, unmodelled) or `empty`. */
  listsOfMissing: 'not-found',
  /** "A few minutes": how long a stage session outlives its last publisher and participant, in seconds. */
  sessionLingerSeconds: 180,
  /** Whether participants who stay connected keep a session open that has no publisher any more. */
  viewersKeepSession: true,
  /** The name real-time throttling travels under, and the JSON member that holds an error's text. */
  throttling: 'ThrottlingException',
  errorTextMember: 'exceptionMessage',
}

export type Assumptions = typeof defaultAssumptions

/** The values a switch that is a word may take; every other switch is a boolean or a non-negative number. */
const assumptionWords: Partial<Record<keyof Assumptions, readonly string[]>> = {
  emptyCapabilities: ['both', 'none', 'refused'],
  attributesCount: ['json', 'text'],
  duplicateKeyImport: ['conflict', 'accepted'],
  listsOfMissing: ['not-found', 'empty'],
  throttling: ['ThrottlingException', 'TooManyRequestsException'],
  errorTextMember: ['exceptionMessage', 'message', 'Message'],
}

/** Reads `name=value` as a command line gives it; undefined when there is no such switch or the value is not one of its own. */
export function parseAssumption(text: string): Partial<Assumptions> | undefined {
  const [name = '', value = ''] = text.split(/=(.*)/s)
  if (!Object.hasOwn(defaultAssumptions, name)) return undefined
  const key = name as keyof Assumptions
  const fallback = defaultAssumptions[key]
  if (typeof fallback === 'boolean')
    return value === 'true' || value === 'false' ? { [key]: value === 'true' } : undefined
  if (typeof fallback === 'number') return /^\d{1,12}$/.test(value) ? { [key]: Number(value) } : undefined
  return assumptionWords[key]?.includes(value) ? { [key]: value } : undefined
}
