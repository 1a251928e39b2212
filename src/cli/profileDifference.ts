import type { Profile } from '../profile/profile.js';
import type { Io } from './io.js';
import type { ProfileViewOptions } from './profileOutput.js';

/** Shows how the second profile differs from the first. */
export function showDifference(
  _before: Profile,
  _after: Profile,
  _io: Io,
  _options: ProfileViewOptions,
): Promise<void> {
  throw new Error('not yet');
}
