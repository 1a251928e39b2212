const library = /^.*\/lib(?:32|64)?\/python[\d.]*\/(?:(?:site|dist)-packages\/)?(.+)$/;

/**
 * A file's name as a person knows it: relative to the library directory it is in (`threading.py`,
 * `requests/api.py`) or to the process's working directory. The JSON output has the whole path.
 */
export function shortPath(file: string, workingDirectory: string | null): string {
  const inLibrary = library.exec(file)?.[1];
  if (inLibrary !== undefined) return inLibrary;
  if (workingDirectory !== null && workingDirectory !== '/' && file.startsWith(`${workingDirectory}/`)) {
    return file.slice(workingDirectory.length + 1);
  }
  return file;
}
