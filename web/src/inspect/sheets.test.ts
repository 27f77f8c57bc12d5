import { expect, test } from "vitest";
import type { Field } from "../model/frame";
import { parseFieldRules } from "../model/field";
import { drawable } from "./sheets";

test("a link of a field is none of its times", () => {
  const link = { title: "More", url: "https://example.org" };
  const config = parseFieldRules({ defaults: { links: [link] } }).defaults;
  const fields: Field[] = [
    { name: "Time", type: "time", values: [1], config },
    { name: "up", type: "number", values: [1], config },
  ];

  for (const formatted of [true, false]) {
    const { columns } = drawable({ refId: "A", fields, length: 1 }, formatted);
    expect(columns.map(({ field }) => field.links.length)).toEqual([0, 1]);
  }
});
