import { expect, test } from "vitest";
import { distance, nearestName } from "./nearest";

test.each([
  ["abc", "abc", 0],
  ["abc", "abd", 1],
  ["abc", "ab", 1],
  ["abc", "acb", 1],
  ["abc", "xabc", 1],
  ["kitten", "sitting", 3],
  ["abc", "xyzuvw", 4],
])("from %s to %s it is %i", (a, b, wrong) => expect(distance(a, b, 3)).toBe(wrong));

const KNOWN = ["chat_requests_created", "chat_requests_total", "chat_tokens_total", "up"];

test.each([
  ["chat_requests_totl", "chat_requests_total"],
  ["chat_request_total", "chat_requests_total"],
  ["chat_tokesn_total", "chat_tokens_total"],
  ["chat_requests_craeted", "chat_requests_created"],
  ["us", undefined],
  ["chat_sessions_total", undefined],
])("%s may be %s", (name, meant) => expect(nearestName(name, KNOWN)).toBe(meant));
