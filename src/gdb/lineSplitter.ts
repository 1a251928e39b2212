/**
 * Cuts pieces of any length into lines, without their newlines; the time is linear in the input,
 * however it is cut. A line that ends without a newline is never given out.
 */
export function lineSplitter(onLine: (line: string) => void): (piece: string) => void {
  let begun: string[] = [];
  return (piece) => {
    let start = 0;
    for (let end = piece.indexOf('\n'); end >= 0; end = piece.indexOf('\n', start)) {
      begun.push(piece.slice(start, end));
      const line = begun.join('');
      begun = [];
      start = end + 1;
      onLine(line);
    }
    if (start < piece.length) begun.push(piece.slice(start));
  };
}
