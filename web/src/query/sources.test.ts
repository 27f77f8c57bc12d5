import type { QueryClient } from "@tanstack/react-query";
import { expect, test } from "vitest";
import { isOwn } from "./sources";

const source = (uid: string, kind: string, isDefault: boolean) => ({ uid, isDefault, watchglass: { kind } });
const clientOf = (sources: object[]): QueryClient =>
  ({ getQueryData: () => sources }) as unknown as QueryClient;

const HERE = [source("embedded", "embedded", true), source("far", "prometheus", false)];
const THERE = [source("embedded", "embedded", false), source("far", "prometheus", true)];

test.each([
  [HERE, "default", true],
  [HERE, "embedded", true],
  [HERE, "far", false],
  [HERE, "unknown", true],
  [THERE, "default", false],
  [THERE, "embedded", true],
  [THERE, "unknown", false],
])("whether a source is this process's own: case %#", async (sources, uid, own) => {
  expect(await isOwn(clientOf(sources), uid)).toBe(own);
});
