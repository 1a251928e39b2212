import { fileURLToPath } from 'node:url';

/** The agent as it was built; the same place seen from src/ and from dist/. */
const build = fileURLToPath(new URL('../../agent-c/build/', import.meta.url));

export const agentLibraryFile = `${build}libsleeper.so`;
/** Prints the seccomp filters of threads (agent-c/seccomp). */
export const seccompFiltersProgram = `${build}seccomp-filters`;
/** The bytes of agent-c/errand; not built for every architecture. */
export const errandFile = `${build}errand.bin`;
