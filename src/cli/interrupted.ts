/** Everything ends early, and quietly: a signal came, or whoever read the output has seen enough. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  constructor(readonly exitCode: number) {
    super('interrupted');
  }
}

/** The exit code for an end by SIGINT, as shells have it. */
export const interruptedExitCode = 130;
