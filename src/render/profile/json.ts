import { callTree } from '../../profile/callTree.js';
import { noCounts, sumOf, threadCounts } from '../../profile/counts.js';
import { functionTotals } from '../../profile/functions.js';
import type { Profile } from '../../profile/profile.js';
import type { ProfileDocument } from '../../profile/profileDocument.js';
import { jsonText } from '../json.js';
import { bufferOf, jsonArray } from './pieces.js';

/** A recording for programs to read. */
export function profileDocumentOf(profile: Profile): ProfileDocument {
  const { meta, frames } = profile;
  const tree = callTree(profile);
  const counts = threadCounts(profile);
  return {
    schemaVersion: 1,
    meta,
    threads: profile.threads.map((thread, index) => ({ ...thread, samples: counts[index] ?? noCounts() })),
    functions: functionTotals(frames, tree)
      .sort((a, b) => sumOf(b.self) - sumOf(a.self))
      .map(({ function: name, file, native, busiestLine, self, total }) => {
        return { function: name, file, native, busiestLine, self, total };
      }),
    frames: [...frames],
    nodes: tree.nodes.map(({ parent, frame, self, total }) => ({ parent, frame, self, total })),
    spans: [...profile.spans],
  };
}

function* pieces(profile: Profile): Generator<string> {
  let before = '{';
  for (const [member, value] of Object.entries(profileDocumentOf(profile))) {
    yield `${before}${jsonText(member)}:`;
    if (Array.isArray(value)) yield* jsonArray(value.map((item) => jsonText(item)));
    else yield jsonText(value);
    before = ',\n';
  }
  yield '}\n';
}

/** The whole recording as JSON: see the schema, `profileDocument`. */
export function renderProfileJson(profile: Profile): Buffer {
  return bufferOf(pieces(profile));
}
