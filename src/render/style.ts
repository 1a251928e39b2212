import picocolors from 'picocolors';

type Paint = (text: string) => string;

/** What a part of the output is; how it looks is decided here alone. */
export interface Style {
  heading: Paint;
  faint: Paint;
  name: Paint;
  function: Paint;
  good: Paint;
  notice: Paint;
  bad: Paint;
  underline: Paint;
}

/** The colours of a terminal, or none. */
export function styleOf(colour: boolean): Style {
  const paint = picocolors.createColors(colour);
  return {
    heading: (text) => paint.bold(text),
    faint: (text) => paint.dim(text),
    name: (text) => paint.cyan(text),
    function: (text) => paint.bold(text),
    good: (text) => paint.green(text),
    notice: (text) => paint.yellow(text),
    bad: (text) => paint.red(text),
    underline: (text) => paint.underline(text),
  };
}
