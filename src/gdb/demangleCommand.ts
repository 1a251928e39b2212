/** Prints a name of C++ or Rust as its source has it; others not at all. Names come from the files of the target. */
export function demangleCommand(name: string): string {
  const isMangled = /^_[ZR][\w.$]+$/.test(name);
  return isMangled ? `demangle -l ${name.startsWith('_R') ? 'rust' : 'c++'} -- ${name}` : 'echo';
}
