/** gdb reads lines of up to 4,095 characters. */
const mostCharacters = 2000;

/** Is it a name of C++ or Rust as compilers write it? Names come from the files of the target. */
export function isMangled(name: string): boolean {
  return name.length < mostCharacters && /^_[ZR][\w.$]+$/.test(name);
}

/** Prints a name as its source has it, if it is mangled; else nothing. */
export function demangleCommand(name: string): string {
  return isMangled(name) ? `demangle -l ${name.startsWith('_R') ? 'rust' : 'c++'} -- ${name}` : 'echo';
}
