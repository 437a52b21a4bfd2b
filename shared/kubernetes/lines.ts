/** One watch event is at most one object of 1.5 MB and its envelope; more is not a line of a watch. */
const LONGEST_LINE_BYTES = 8 * 1024 * 1024;

const LINE_FEED = 10;

/** Splits a stream of bytes into lines of text. An unfinished last line is dropped: it was cut off. */
export async function* lines(stream: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, void> {
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  for await (const chunk of stream) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      pending.push(chunk.subarray(start, end));
      const line = Buffer.concat(pending).toString('utf8');
      pending = [];
      pendingBytes = 0;
      start = end + 1;
      if (line.length > 0) yield line;
    }
    if (start === chunk.length) continue;
    pending.push(chunk.subarray(start));
    pendingBytes += chunk.length - start;
    if (pendingBytes > LONGEST_LINE_BYTES) {
      throw new Error(`a line of a watch is longer than ${LONGEST_LINE_BYTES} bytes`);
    }
  }
}
