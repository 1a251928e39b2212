/* global document, Event, atob, Blob, DecompressionStream, Response */
// Hands the profile in the page to speedscope, which has just been started. It takes what is pasted into it: the only
// way that asks for no other file. src/render/html/renderHtml.ts puts this into the page.

async function profileText() {
  const encoded = document.getElementById('profile').textContent;
  const compressed = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
  const stream = new Blob([compressed]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Response(stream).text();
}

profileText().then((text) => {
  const paste = new Event('paste', { cancelable: true });
  document.dispatchEvent(Object.assign(paste, { clipboardData: { getData: () => text } }));
});
