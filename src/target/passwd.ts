import { tryReadProc } from './procFile.js';

const names = new Map<string, Map<number, string>>();

/** The name of a user by /etc/passwd (passwd(5)), else the number as text. The file is read once. */
export function userName(uid: number, path = '/etc/passwd'): string {
  let users = names.get(path);
  if (users === undefined) {
    users = parsePasswd(tryReadProc(path) ?? '');
    names.set(path, users);
  }
  return users.get(uid) ?? String(uid);
}

export function parsePasswd(text: string): Map<number, string> {
  const users = new Map<number, string>();
  for (const line of text.split('\n')) {
    const [name, , uid] = line.split(':');
    if (name === undefined || uid === undefined || uid === '') continue;
    const number = Number(uid);
    if (!users.has(number)) users.set(number, name);
  }
  return users;
}
