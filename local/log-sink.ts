/** Takes every line that the Lambdas and the twin itself print. `source` is the function's name, or `twin`. */
export type LogSink = (source: string, line: string) => void

/** Cuts a stream's chunks into whole lines; what is left when it ends is a line too. */
export function lineReader(take: (line: string) => void): { write(chunk: Buffer): void; end(): void } {
  const decoder = new TextDecoder()
  let rest = ''
  return {
    write: (chunk) => {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) if (line !== '') take(line)
    },
    end: () => {
      if (rest !== '') take(rest)
      rest = ''
    },
  }
}
