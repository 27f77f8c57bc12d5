/** JSON whose numbers are more than this language can hold: such are kept as they are written. Pure. */

/** Both are newer than the types of the language; a browser without them rounds, as it always did. */
const json = JSON as unknown as {
  parse: (
    text: string,
    revive: (key: string, value: unknown, about?: { source?: string }) => unknown,
  ) => unknown;
  rawJSON?: (source: string) => unknown;
};

/** A number that would be another one if it were read: it is written again as it came. */
export class ExactNumber {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }

  toJSON(): unknown {
    return json.rawJSON?.(this.source) ?? Number(this.source);
  }
}

/** Digits without zeros around them, and where the point stands. */
function digitsOf(text: string): string {
  const [, sign = "", whole = "", part = "", power = "0"] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(text) ?? [];
  const all = `${whole}${part}`.replace(/^0+/, "");
  const digits = all.replace(/0+$/, "");
  return digits === "" ? "0" : `${sign}${digits}e${Number(power) - part.length + all.length - digits.length}`;
}

/** Whether reading a number and writing it again gives the same number. */
export const isKept = (source: string, value: number): boolean =>
  Number.isFinite(value) && digitsOf(source) === digitsOf(String(value));

/** No number of fewer digits is rounded; powers of ten are, when they are too large. */
const SUSPICIOUS = /\d{16}|\d\.\d{15}|\de[+-]?\d{3}/i;

/** Reads JSON; numbers that cannot be held are `ExactNumber`s. */
export function parseExact(text: string): unknown {
  if (json.rawJSON === undefined || !SUSPICIOUS.test(text)) return JSON.parse(text) as unknown;
  return json.parse(text, (_, value, about) =>
    typeof value === "number" && about?.source !== undefined && !isKept(about.source, value)
      ? new ExactNumber(about.source)
      : value,
  );
}
