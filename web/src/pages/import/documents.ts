/** The dashboards in a file, each as it stands there, and the few changes that one makes on the way in. Pure. */

import { cut, firstSign, items, members, type Member } from "../../model/jsonspan";

export interface Documents {
  texts: string[];
  /** The folders that an export brings along, as JSON. */
  folders?: string;
}

/** As the server tells one dashboard from many. */
const LISTS = ["dashboards", "items"];
const OF_ONE = ["dashboard", "json", "panels", "rows", "spec", "title"];

/** The dashboards of valid JSON: one, a list of them, or an object that has such a list. */
export function splitDocuments(text: string): Documents {
  if (firstSign(text) === "[") return { texts: items(text).map((item) => cut(text, item)) };
  const found = new Map(members(text).map((member) => [member.key, member]));
  const list = LISTS.map((key) => found.get(key)).find(
    (member) => member !== undefined && text[member.start] === "[",
  );
  if (list === undefined || OF_ONE.some((key) => found.has(key))) return { texts: [text] };
  const folders = found.get("folders");
  return {
    texts: items(text, list.start).map((item) => cut(text, item)),
    ...(folders !== undefined && text[folders.start] === "[" && { folders: cut(text, folders) }),
  };
}

/** What to send for one of them. */
export const withFolders = (text: string, folders: string | undefined): string =>
  folders === undefined ? text : `{"folders":${folders},"dashboards":[${text}]}`;

/** JSON of a text, without its quotes. */
const inside = (value: string): string => JSON.stringify(value).slice(1, -1);

/** With answers to what a shared dashboard asks for (`${DS_PROMETHEUS}`); every other letter as it was. */
export function withInputs(text: string, answers: Readonly<Record<string, string>>): string {
  return Object.entries(answers).reduce(
    (filled, [name, value]) => filled.replaceAll(`\${${name}}`, () => inside(value)),
    text,
  );
}

/** Where the dashboard itself begins: within an envelope or a resource, or the text is it. */
function bodyOf(text: string): Member[] {
  const own = members(text);
  if (own.some(({ key }) => key === "panels")) return own;
  const inner = own.find(
    ({ key, start }) => ["dashboard", "json", "spec"].includes(key) && text[start] === "{",
  );
  if (inner === undefined) return own;
  const within = members(text, inner.start);
  const spec = within.find(({ key, start }) => key === "spec" && text[start] === "{");
  return spec === undefined || within.some(({ key }) => key === "title") ? within : members(text, spec.start);
}

/** Whether `withTitle` can change the title. */
export const hasTitle = (text: string): boolean => bodyOf(text).some(({ key }) => key === "title");

/** With another title; every other letter as it was. */
export function withTitle(text: string, title: string): string {
  const member = bodyOf(text).findLast(({ key }) => key === "title");
  if (member === undefined) return text;
  return text.slice(0, member.start) + JSON.stringify(title) + text.slice(member.end);
}
