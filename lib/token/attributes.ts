/** IVS's bound on a token's attributes. How IVS counts is not known; the serialized JSON is the stricter reading (IVS facts §13.8). */
export const MAX_ATTRIBUTES_BYTES = 1024

/** UTF-8 bytes of the attributes as serialized JSON. */
export const attributesBytes = (attributes: Readonly<Record<string, string>>): number =>
  Buffer.byteLength(JSON.stringify(attributes), 'utf8')
