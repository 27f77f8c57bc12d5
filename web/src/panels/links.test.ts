import { describe, expect, it } from "vitest";
import { pickDashboards, webAddress } from "./links";

const hit = (title: string, tags: string[]) => ({ uid: title, title, tags, url: `/d/${title}` });
const hits = [
  hit("Node", ["machines"]),
  hit("Chat app", ["apps", "llm"]),
  hit("Node extra", ["machines", "llm"]),
];
const titles = (options: { search?: string; tags?: string[]; most?: number }): string[] =>
  pickDashboards(hits, { search: "", tags: [], most: 30, ...options }).map(({ title }) => title);

describe("pickDashboards", () => {
  it("takes all without conditions", () => expect(titles({})).toHaveLength(3));
  it("looks for words in titles", () => expect(titles({ search: "node" })).toEqual(["Node", "Node extra"]));
  it("wants every tag", () => expect(titles({ tags: ["machines", "llm"] })).toEqual(["Node extra"]));
  it("takes no more than asked for", () => expect(titles({ most: 1 })).toEqual(["Node"]));
});

it.each([
  ["https://example.org/feed", "https://example.org/feed"],
  ["javascript:alert(1)", undefined],
  ["data:text/html,x", undefined],
  ["https://", undefined],
  [undefined, undefined],
])("links to %j as %j", (text, address) => expect(webAddress(text)).toBe(address));
