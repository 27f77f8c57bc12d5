import { expect, test } from "vitest";
import { groupDashboards } from "./dashboards";
import { elsewhere } from "./sources";

const hit = (uid: string, ...tags: string[]) => ({ uid, title: uid, tags, url: `/d/${uid}` });

test("automatic dashboards stand by the place of their metrics", () => {
  const groups = groupDashboards([
    hit("machine", "host"),
    hit("a", "automatic", "from Prometheus"),
    hit("b", "automatic", "collected here"),
  ]);

  expect(groups.map(({ title }) => title)).toEqual([
    "Dashboards",
    "Automatic, from Prometheus",
    "Automatic, collected here",
  ]);
});

test("where there is one place, it is not named", () => {
  expect(groupDashboards([hit("a", "automatic")]).map(({ title }) => title)).toEqual(["Automatic"]);
});

test("the server elsewhere is the default one that is not ourselves", () => {
  const source = (uid: string, kind: "embedded" | "prometheus", isDefault: boolean) => ({
    uid,
    name: uid,
    url: "",
    isDefault,
    watchglass: { kind, state: "up" as const, since: 0, error: "" },
  });

  expect(
    elsewhere([source("prometheus", "prometheus", true), source("embedded", "embedded", false)])?.uid,
  ).toBe("prometheus");
  expect(elsewhere([source("embedded", "embedded", true)])).toBeUndefined();
  expect(elsewhere(undefined)).toBeUndefined();
});
