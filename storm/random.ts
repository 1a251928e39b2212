/** Random choices that are the same again for the same seed. */
export class Random {
  constructor(private state: number) {}

  /** At least 0, less than 1 (mulberry32). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  between(least: number, most: number): number {
    return least + this.next() * (most - least);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  oneOf<Choice>(choices: readonly Choice[]): Choice {
    const chosen = choices[Math.floor(this.next() * choices.length)];
    if (chosen === undefined) throw new Error('there is nothing to choose from');
    return chosen;
  }

  some<Choice>(choices: readonly Choice[], count: number): Choice[] {
    const rest = [...choices];
    return Array.from({ length: Math.min(count, rest.length) }, () => {
      const chosen = this.oneOf(rest);
      rest.splice(rest.indexOf(chosen), 1);
      return chosen;
    });
  }
}
