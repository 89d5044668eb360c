/** IVS's largest page: a call costs the same whatever comes back. */
export const PAGE_SIZE = 100
/** No question about one user or participant is worth more calls: what IVS has to say beyond that is not read. */
export const MAX_PAGES = 10
