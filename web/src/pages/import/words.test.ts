import { expect, test } from "vitest";
import { describeUnread } from "./words";

test("a pasted text is no file", () => {
  expect(describeUnread([{ file: "Pasted text" }])).toBe("Pasted text not read.");
  expect(describeUnread([{ file: "a.json" }])).toBe("1 file not read.");
  expect(describeUnread([{ file: "a.json" }, { file: "b.json" }, { file: "Pasted text" }])).toBe(
    "2 files and the pasted text not read.",
  );
});
