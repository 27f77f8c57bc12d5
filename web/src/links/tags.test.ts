import { describe, expect, it } from "vitest";
import { linksByTag, paramsAlong, taggedHits } from "./DashboardsByTag";

const [link] = linksByTag([
  { type: "dashboards", title: "Apps", tags: ["app"], asDropdown: true, keepTime: true, includeVars: true },
  { type: "link", url: "https://example.org" },
  "nonsense",
]);

describe("links by tag", () => {
  it("are only those that name tags", () => expect(linksByTag([{ type: "link", url: "x" }, 5])).toEqual([]));
  it("lead to every other dashboard that has all tags", () => {
    const hit = (uid: string, tags: string[]) => ({ uid, title: uid, tags, url: "" });
    const hits = [hit("own", ["app"]), hit("a", ["app", "x"]), hit("b", ["x"])];
    expect(taggedHits(hits, link!, "own").map(({ uid }) => uid)).toEqual(["a"]);
  });
  it("take along what they say, and nothing else", () => {
    const params = new URLSearchParams("from=now-1h&to=now&var-job=a&var-job=b&viewPanel=2");
    expect(paramsAlong(link!, params)).toBe("?from=now-1h&to=now&var-job=a&var-job=b");
    expect(paramsAlong({ ...link!, includeVars: false }, params)).toBe("?from=now-1h&to=now");
    expect(paramsAlong({ ...link!, includeVars: false, keepTime: false }, params)).toBe("");
  });
});
