/** Numbers as text, bit for bit. */
export function toBase64(values: Float32Array): string {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  let text = '';
  for (let start = 0; start < bytes.length; start += ARGUMENTS) {
    text += String.fromCharCode(...bytes.subarray(start, start + ARGUMENTS));
  }
  return btoa(text);
}

/** @throws If the text is none of {@link toBase64}. */
export function fromBase64(text: string): Float32Array {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  return new Float32Array(bytes.buffer);
}

/** As many as a function may safely be called with. */
const ARGUMENTS = 8192;
