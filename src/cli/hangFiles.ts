import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { HangReport } from '../model/watch.js';
import { escapeUntrusted } from '../render/escape.js';
import { renderJson } from '../render/json.js';
import { renderDump } from '../render/renderDump.js';
import { renderWhy } from '../render/renderWhy.js';
import { sourceLinesOf } from '../usecases/sourceLines.js';
import { openOutputFile, outputFailure } from './outputFile.js';

/** Where the values of a dump are cut. */
const longestValue = 400;

/**
 * Makes the directory for what is written of hangs, unless it is there.
 * @throws SleeperError when nothing can be written there
 */
export function openHangDirectory(directory: string): void {
  try {
    // Not with its parents: for a place like /proc/x Node would try that without end.
    if (!existsSync(directory)) mkdirSync(directory, { mode: 0o700 });
    accessSync(directory, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw outputFailure(directory, error);
  }
}

/** The verdict, and the whole dump below it. */
function hangText(report: HangReport): string {
  const { pid, reason, why, dump } = report;
  const style = { colour: false, width: Infinity };
  const said = reason === why.text ? '' : `\n${reason.split('\n').map(escapeUntrusted).join('\n')}\n`;
  const parts = [`Process ${pid} hangs, seen at ${why.takenAt}\n${said}`, renderWhy(why, style)];
  if (dump !== null)
    parts.push(
      renderDump(dump, { ...style, valueWidth: longestValue, sourceOf: sourceLinesOf(dump.process) }),
    );
  return parts.join('\n');
}

/**
 * Writes a hang down, twice: as text and as JSON. Each file is there whole or not at all.
 * @returns the two paths
 * @throws SleeperError
 */
export function writeHang(directory: string, report: HangReport): { text: string; json: string } {
  const stamp = report.why.takenAt.replaceAll(/[-:]/g, '');
  const path = (ending: string): string => join(directory, `${report.pid}-${stamp}.${ending}`);
  const text = path('txt');
  const json = path('json');
  openOutputFile(json).commit(renderJson(report, false));
  openOutputFile(text).commit(hangText(report));
  return { text, json };
}
