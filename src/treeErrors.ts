import { SleeperError } from './errors.js';

/** The failures of looking into several processes at once. docs/troubleshooting.md has a heading for each. */
export const treeErrors = {
  tooManyProcesses: (pid: number, most: number) =>
    new SleeperError(
      'too-many-processes',
      'failure',
      `Process ${pid} was left out: ${most} are looked into at the most.`,
      'Choose fewer, with a process further down the tree or a narrower --match.',
    ),
  noMatch: (pattern: string) =>
    new SleeperError(
      'no-match',
      'noProcess',
      `No Python process that you may see has a command line that matches ${pattern}`,
      'It is a regular expression, with upper and lower case told apart; `sleeper ps` shows the command lines.',
    ),
  noSuchUnit: (unit: string) =>
    new SleeperError(
      'no-such-unit',
      'noProcess',
      `No Python process that you may see is in the unit ${unit} of systemd.`,
      `\`systemctl status ${unit}\` shows its processes, \`sleeper ps\` the Python processes.`,
    ),
  noSuchContainer: (container: string) =>
    new SleeperError(
      'no-such-container',
      'noProcess',
      `No Python process that you may see is in a container with the id ${container}`,
      '`docker ps`, `podman ps` and `crictl ps` show the ids. Run sleeper on the host, as root; names are known to the runtime alone.',
    ),
  severalContainers: (container: string, ids: readonly string[]) =>
    new SleeperError(
      'several-containers',
      'usage',
      `There are ${ids.length} containers with Python processes whose ids begin with ${container}`,
      `Name more of it: ${ids
        .slice(0, 5)
        .map((id) => id.slice(0, 20))
        .join(', ')}${ids.length > 5 ? ', ...' : ''}.`,
    ),
  noContainerId: (text: string) =>
    new SleeperError(
      'no-container-id',
      'usage',
      `${text} is no id of a container. Its name is known to the runtime alone.`,
      "Ask it for the id: `docker inspect -f '{{.Id}}' NAME`, `podman inspect -f '{{.Id}}' NAME`; `crictl ps` shows those of Kubernetes.",
    ),
  oneHeartbeat: (processes: number) =>
    new SleeperError(
      'one-heartbeat',
      'usage',
      `A heartbeat is that of one process, and ${processes} were named.`,
      'Start one `sleeper watch` for each, or leave --heartbeat out.',
    ),
} as const;
