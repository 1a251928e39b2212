/** Characters that are encoded at once. */
const chunkLength = 1 << 20;

/**
 * The pieces as one buffer. The output of a long recording may be longer than a string can be, and so much is never
 * held twice.
 */
export function bufferOf(pieces: Iterable<string>): Buffer {
  const chunks: Buffer[] = [];
  let chunk = '';
  for (const piece of pieces) {
    chunk += piece;
    if (chunk.length < chunkLength) continue;
    chunks.push(Buffer.from(chunk));
    chunk = '';
  }
  chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** A JSON array of these texts, an item a line, piece by piece. */
export function* jsonArray(items: Iterable<string>): Generator<string> {
  let before = '[\n';
  for (const item of items) {
    yield before + item;
    before = ',\n';
  }
  yield before === '[\n' ? '[]' : '\n]';
}
