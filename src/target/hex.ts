/** A number that the kernel writes in hex, without "0x"; null: it is none. */
export function parseHex(text: string | null | undefined): bigint | null {
  return /^[0-9a-f]+$/i.test(text ?? '') ? BigInt(`0x${text}`) : null;
}
