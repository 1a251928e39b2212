import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const library = fileURLToPath(new URL('../../agent-c/build/libsleeper.so', import.meta.url));

const run = (command: string, ...args: string[]): string =>
  execFileSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28 });

/** `foo_as.part.0` is a piece of foo_as that the compiler took apart. */
const wholeName = (symbol: string): string => symbol.replace(/\..*$/, '');

interface MachineFunction {
  name: string;
  instructions: string[];
}

function disassemble(): MachineFunction[] {
  const functions: MachineFunction[] = [];
  for (const line of run('objdump', '-d', '--no-show-raw-insn', library).split('\n')) {
    const header = /^[0-9a-f]+ <([^>]+)>:$/.exec(line);
    if (header?.[1] !== undefined) functions.push({ name: wholeName(header[1]), instructions: [] });
    else if (/^\s+[0-9a-f]+:/.test(line))
      functions.at(-1)?.instructions.push(line.replace(/^\s+[0-9a-f]+:\s*/, ''));
  }
  return functions;
}

/** What gcc calls on its own, and freestanding.c defines. */
const memoryFunctions = ['memcpy', 'memmove', 'memset', 'memcmp'];
/** The one function that calls through a pointer; see accessor.h. */
const callsCPython = 'sleeper__call_accessor_as';

test('it exports what sleeper.h says, and needs nothing but, if there is one, the dynamic loader', () => {
  const symbols = run('nm', '-D', '--format=posix', library)
    .trim()
    .split('\n')
    .map((line) => line.split(' ').slice(0, 2).join(' '));
  expect(symbols.sort()).toEqual(['dlsym w', 'sleeper_control D', 'sleeper_entry T', 'sleeper_look_again T']);
  expect(run('readelf', '-d', library)).not.toContain('NEEDED');
});

test('what runs while the target is stopped calls only functions that may', () => {
  const frozen = disassemble().filter(({ name }) => name.endsWith('_as'));
  expect(frozen.length).toBeGreaterThan(100);
  const offences = frozen.flatMap(({ name, instructions }) =>
    instructions.flatMap((instruction) => {
      const direct = /^(?:call|jmp|j\w+)\s+[0-9a-f]+ <([^>+]+)(?:\+0x[0-9a-f]+)?>/.exec(instruction)?.[1];
      if (direct !== undefined) {
        const callee = wholeName(direct);
        return callee.endsWith('_as') || memoryFunctions.includes(callee) ? [] : [`${name} -> ${callee}`];
      }
      return /^(?:call|jmp)\s+\*%/.test(instruction) && name !== callsCPython
        ? [`${name}: ${instruction}`]
        : [];
    }),
  );
  expect(offences).toEqual([]);
});

test('it uses no vector register, which the entry stub would not save', () => {
  const offences = disassemble().flatMap(({ name, instructions }) =>
    instructions
      .filter((instruction) => /%(?:[xyz]mm|mm|st|tmm|k)\d/.test(instruction))
      .map((instruction) => `${name}: ${instruction}`),
  );
  expect(offences).toEqual([]);
});
