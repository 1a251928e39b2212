/** How often the tools take turns, and on which Python; undefined: as the benchmark likes it. */
export interface Choice {
  readonly rounds: number | undefined;
  readonly python: string | undefined;
}
