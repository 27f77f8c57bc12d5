/** JSON that people write: where it goes wrong, in words and by line; and in which line something of it stands. Pure. */

import { parseExact } from "../api/exact";
import type { Path } from "./tree";

export class JsonFault extends Error {
  readonly line: number;
  readonly column: number;

  constructor(message: string, text: string, offset: number) {
    const before = text.slice(0, offset).split("\n");
    const [line, column] = [before.length, before.at(-1)!.length + 1];
    super(`Line ${line}, column ${column}: ${message}`);
    this.line = line;
    this.column = column;
  }
}

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/y;
const WORD = /true|false|null/y;
const DEEPEST = 100;

/** Reads without making values: only whether it is JSON, and where each value begins. */
class Reader {
  private at = 0;
  private readonly text: string;
  private readonly onValue: (path: Path, offset: number) => void;

  constructor(text: string, onValue: (path: Path, offset: number) => void) {
    this.text = text;
    this.onValue = onValue;
  }

  read(): void {
    this.skip();
    this.value([]);
    this.skip();
    if (this.at < this.text.length) this.fail("nothing may follow the document");
  }

  private fail(message: string, offset = this.at): never {
    throw new JsonFault(message, this.text, offset);
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  private skip(): void {
    this.match(SPACE);
  }

  private eat(letter: string): boolean {
    if (this.text[this.at] !== letter) return false;
    this.at += 1;
    this.skip();
    return true;
  }

  private value(path: Path): void {
    if (path.length > DEEPEST) this.fail(`nested deeper than ${DEEPEST} levels`);
    this.onValue(path, this.at);
    const letter = this.text[this.at];
    if (letter === "{") {
      this.object(path);
      return;
    }
    if (letter === "[") {
      this.list(path);
      return;
    }
    if (letter === '"') {
      this.string();
      return;
    }
    if (this.match(NUMBER) ?? this.match(WORD)) return;
    this.fail(letter === undefined ? "a value is missing at the end" : "expected a value");
  }

  private string(): void {
    const from = this.at;
    if (this.match(STRING) === undefined) this.fail("this text does not end, or has an invalid escape", from);
  }

  private object(path: Path): void {
    this.eat("{");
    if (this.eat("}")) return;
    do {
      const from = this.at;
      if (this.text[from] !== '"') this.fail('expected a name in double quotes, or "}"');
      this.string();
      const name = JSON.parse(this.text.slice(from, this.at)) as string;
      this.skip();
      if (!this.eat(":")) this.fail(`expected ":" after "${name}"`);
      this.value([...path, name]);
      this.skip();
    } while (this.eat(","));
    if (!this.eat("}")) this.fail('expected "," or "}"');
  }

  private list(path: Path): void {
    this.eat("[");
    if (this.eat("]")) return;
    let at = 0;
    do {
      this.value([...path, at++]);
      this.skip();
    } while (this.eat(","));
    if (!this.eat("]")) this.fail('expected "," or "]"');
  }
}

/** Reads JSON; a fault names its line. */
export function readJson(text: string): unknown {
  try {
    return parseExact(text);
  } catch (error) {
    new Reader(text, () => undefined).read();
    throw error; // the browser saw something that the reader did not
  }
}

/** Where the value of a path begins; the end of the nearest one above where there is none. */
function offsetOf(text: string, path: Path): number {
  let [best, depth] = [0, -1];
  new Reader(text, (seen, offset) => {
    if (seen.length > path.length || seen.length <= depth || !seen.every((key, at) => key === path[at]))
      return;
    [best, depth] = [offset, seen.length];
  }).read();
  return best;
}

/** A fault of what stands at a path. */
export const faultAt = (text: string, path: Path, message: string): JsonFault =>
  new JsonFault(message, text, offsetOf(text, path));
