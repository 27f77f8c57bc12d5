import { expect, test } from "vitest";
import { asViewed } from "./viewed";

test("range, refresh and values stay after saving", () => {
  const params = new URLSearchParams("edit=&from=now-5m&to=now&editPanel=2&var-job=$__all&var-a=1&var-a=2");
  expect(asViewed("/d/x/name", params)).toBe("d/x/name?from=now-5m&to=now&var-job=%24__all&var-a=1&var-a=2");
});

test("an address that says only that one edits leaves nothing behind", () => {
  expect(asViewed("/d/x/name", new URLSearchParams("edit=&draft=new:1"))).toBe("d/x/name");
});
