import { expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { z } from 'zod';
import type { Profile } from '../../../../src/profile/profile.js';
import { profileDocument, type ProfileDocument } from '../../../../src/profile/profileDocument.js';
import { renderProfileJson } from '../../../../src/render/profile/json.js';
import { aProfile, aProfileFrame, hostileNames } from '../../../support/profiles.js';

const valid = new Ajv2020({ strict: false, formats: { 'date-time': true } }).compile(
  z.toJSONSchema(profileDocument),
);

function rendered(profile: Profile): ProfileDocument {
  const document: unknown = JSON.parse(renderProfileJson(profile).toString());
  valid(document);
  expect(valid.errors ?? []).toEqual([]);
  return profileDocument.parse(document);
}

test('the whole profile is in it', () => {
  const profile = aProfile(['a;cpu+gil;main:1;f:5 2', 'b;idle;main:2 3', 'b;gil 1']);
  const { meta, frames, nodes, threads, spans, functions } = rendered(profile);
  expect(meta).toEqual(profile.meta);
  expect(frames).toEqual(profile.frames);
  expect(nodes.map(({ parent, frame }) => ({ parent, frame }))).toEqual(profile.nodes);
  expect(spans).toEqual(profile.spans);
  expect(threads).toEqual([
    { pid: 4242, tid: 4242, name: 'a', samples: { cpu: 2, gil: 0, idle: 0 } },
    { pid: 4242, tid: 4243, name: 'b', samples: { cpu: 0, gil: 1, idle: 3 } },
  ]);
  expect(nodes[0]).toMatchObject({ self: { cpu: 0 }, total: { cpu: 2 } });
  expect(functions.map((each) => [each.function, each.busiestLine, each.self, each.total])).toEqual([
    ['main', 2, { cpu: 0, gil: 0, idle: 3 }, { cpu: 2, gil: 0, idle: 3 }],
    ['f', 5, { cpu: 2, gil: 0, idle: 0 }, { cpu: 2, gil: 0, idle: 0 }],
  ]);
});

test.each(hostileNames)('the name %j is what it was', (name) => {
  const frame = aProfileFrame(name, { file: name });
  const { frames, threads } = rendered(
    aProfile([{ thread: name, state: 'cpu', stack: [frame], samples: 1 }]),
  );
  expect(frames).toEqual([frame]);
  expect(threads[0]!.name).toBe(name);
});

test('nothing, 5,000 frames', () => {
  expect(rendered(aProfile([])).spans).toEqual([]);
  const stack = Array.from({ length: 5000 }, () => aProfileFrame('f'));
  expect(rendered(aProfile([{ thread: null, state: 'cpu', stack, samples: 1 }])).nodes).toHaveLength(5000);
});
