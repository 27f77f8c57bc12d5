/** Where and why the server cannot read a query. */

/** Where the server found a query wrong: line and column, from 1. */
export interface Fault {
  line: number;
  column: number;
  message: string;
}

/** Reads `invalid parameter "query": 1:14: parse error: …`; without a position, the fault is the whole query's. */
export function readFault(message: string): Fault | undefined {
  const found = /(?:^|: )(\d+):(\d+): (.*)$/s.exec(message);
  return found === null
    ? undefined
    : { line: Number(found[1]), column: Number(found[2]), message: found[3]!.replace(/^parse error: /, "") };
}

/** The message for little room: position and reason, without what each begins with. */
export function shortFault(message: string): string {
  const fault = readFault(message);
  if (fault === undefined) return message.replace(/^.*?parse error: /s, "");
  return `${fault.line}:${fault.column}: ${fault.message}`;
}
