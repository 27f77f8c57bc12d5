import { describe, expect, it } from "vitest";
import { resolveColor } from "../model/colors";
import { statusOf } from "./status";

describe("statusOf", () => {
  it.each([
    ["green", "ok"],
    ["semi-dark-green", "ok"],
    ["yellow", "warn"],
    ["orange", "warn"],
    ["red", "crit"],
    ["dark-red", "crit"],
    ["blue", "info"],
    ["gray", "none"],
    ["text", "none"],
  ])("reads %s as %s in both themes", (name, status) => {
    expect([statusOf(resolveColor(name, "dark")), statusOf(resolveColor(name, "light"))]).toEqual([
      status,
      status,
    ]);
  });

  it("says nothing of what is no colour", () => expect(statusOf("inherit")).toBe("none"));
});
