const PUBLIC_KEY_TYPES = ['RSA', 'EC', 'OKP']
/** Members that only a private or a secret key has (RFC 7518 §6). */
const SECRET_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv']

/** Whether a JSON Web Key is of a public kind and holds nothing that should have stayed with its owner. */
export const isPublicKey = (key: Readonly<Record<string, unknown>>): boolean =>
  typeof key.kty === 'string' &&
  PUBLIC_KEY_TYPES.includes(key.kty) &&
  !SECRET_MEMBERS.some((member) => Object.hasOwn(key, member))
