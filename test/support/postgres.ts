import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './servers.js';

/** Where Debian has the programs of each version. */
const versions = '/usr/lib/postgresql';
const isRoot = process.getuid?.() === 0;
/** It refuses to run as root. */
const asPostgres = isRoot ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups'] : [];

/** A PostgreSQL with an empty database, in a directory of its own. */
export class Postgres {
  private readonly directory = mkdtempSync(join(tmpdir(), 'sleeper-postgres-'));
  private readonly data = join(this.directory, 'data');

  /** @returns how to connect to it: by its UNIX socket, or by TCP */
  async start(): Promise<{ local: string; tcp: string }> {
    const port = await freePort();
    if (isRoot) execFileSync('chown', ['postgres:', this.directory]);
    const options = `-h 127.0.0.1 -p ${port} -k ${this.directory} -c fsync=off`;
    this.run('initdb', '-A', 'trust', '-N', '-U', 'test');
    this.run('pg_ctl', '-l', join(this.directory, 'log'), '-w', '-o', options, 'start');
    const where = `port=${port} user=test dbname=postgres`;
    return { local: `host=${this.directory} ${where}`, tcp: `host=127.0.0.1 ${where}` };
  }

  end(): void {
    if (existsSync(join(this.data, 'postmaster.pid'))) this.run('pg_ctl', '-w', '-m', 'immediate', 'stop');
    rmSync(this.directory, { recursive: true });
  }

  private run(program: string, ...args: string[]): void {
    const version = readdirSync(versions).sort().at(-1) ?? '';
    const command = [join(versions, version, 'bin', program), '-D', this.data, ...args];
    const [first = '', ...others] = [...asPostgres, ...command];
    execFileSync(first, others, { cwd: this.directory, stdio: ['ignore', 'ignore', 'inherit'] });
  }
}
