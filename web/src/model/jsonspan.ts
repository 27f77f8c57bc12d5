/** Where values lie in JSON text, so that a document can go on its way as it came, to the letter. Pure. */

export interface Span {
  start: number;
  end: number;
}

export interface Member extends Span {
  key: string;
}

const BLANK = /[ \t\n\r]*/y;
const SCALAR = /[^\s,\]}]+/y;
const STRUCTURE = /["{}[\]]/g;

function skip(text: string, at: number): number {
  BLANK.lastIndex = at;
  BLANK.exec(text);
  return BLANK.lastIndex;
}

/** Behind the text whose quote stands at `at`. */
function endOfText(text: string, at: number): number {
  let from = at + 1;
  for (;;) {
    const quote = text.indexOf('"', from);
    if (quote === -1) return text.length;
    let slashes = 0;
    while (text[quote - 1 - slashes] === "\\") slashes += 1;
    if (slashes % 2 === 0) return quote + 1;
    from = quote + 1;
  }
}

/** Behind the value that begins at `at`. */
function endOf(text: string, at: number): number {
  if (text[at] === '"') return endOfText(text, at);
  if (text[at] !== "{" && text[at] !== "[") {
    SCALAR.lastIndex = at;
    return SCALAR.test(text) ? SCALAR.lastIndex : at + 1;
  }
  let depth = 0;
  STRUCTURE.lastIndex = at;
  for (let found = STRUCTURE.exec(text); found !== null; found = STRUCTURE.exec(text)) {
    if (found[0] === '"') STRUCTURE.lastIndex = endOfText(text, found.index);
    else depth += found[0] === "{" || found[0] === "[" ? 1 : -1;
    if (depth === 0) return STRUCTURE.lastIndex;
  }
  return text.length;
}

/** The members of the object that begins at `at`, in valid JSON; none where it is no object. */
export function members(text: string, from = 0): Member[] {
  let at = skip(text, from);
  if (text[at] !== "{") return [];
  const found: Member[] = [];
  for (at = skip(text, at + 1); at < text.length && text[at] !== "}"; at = skip(text, at)) {
    const behind = endOfText(text, at);
    const start = skip(text, skip(text, behind) + 1);
    const end = endOf(text, start);
    found.push({ key: JSON.parse(text.slice(at, behind)) as string, start, end });
    at = skip(text, end);
    if (text[at] === ",") at += 1;
  }
  return found;
}

/** The items of the list that begins at `at`, in valid JSON; none where it is no list. */
export function items(text: string, from = 0): Span[] {
  let at = skip(text, from);
  if (text[at] !== "[") return [];
  const found: Span[] = [];
  for (at = skip(text, at + 1); at < text.length && text[at] !== "]"; at = skip(text, at)) {
    const end = endOf(text, at);
    found.push({ start: at, end });
    at = skip(text, end);
    if (text[at] === ",") at += 1;
  }
  return found;
}

/** What stands at a span. */
export const cut = (text: string, { start, end }: Span): string => text.slice(start, end);

/** The first character that is no blank. */
export const firstSign = (text: string): string | undefined => text[skip(text, 0)];
