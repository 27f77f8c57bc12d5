import { expect, test } from "vitest";
import { ExactNumber } from "../api/exact";
import { asNumber } from "./json";

test("a number that is kept as it is written can be read as the nearest one", () =>
  expect(asNumber(new ExactNumber("9007199254740993"))).toBe(9007199254740992));
