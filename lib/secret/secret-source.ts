/**
 * Reads one secret's current text from where secrets are kept. Throws when it cannot; never logs what it read.
 * The one seam between the product and Secrets Manager.
 */
export type SecretSource = (secretId: string) => Promise<string>
