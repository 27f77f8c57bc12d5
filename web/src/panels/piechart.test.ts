import { createElement, type ComponentType } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { Disc } from "./piechart";

const drawn = (shares: readonly number[]): string => {
  const all = shares.map((share, at) => ({
    id: `${at}`,
    name: `${at}`,
    share,
    color: "#123456",
    field: { links: [] },
  }));
  const props = {
    all,
    options: { labels: [], ring: false },
    size: { width: 200, height: 200 },
    label: "Pie",
  };
  return renderToStaticMarkup(createElement(Disc as ComponentType<object>, props));
};

test("a pie without a slice says why", () => {
  expect(drawn([0, 0])).toContain("No value above zero");
  expect(drawn([0.4, 0.6])).not.toContain("No value");
  expect(drawn([])).not.toContain("No value");
});
