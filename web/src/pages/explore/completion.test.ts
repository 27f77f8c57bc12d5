import { CompletionContext, type Completion } from "@codemirror/autocomplete";
import { EditorState } from "@codemirror/state";
import { expect, test } from "vitest";
import { inOrder, ordered } from "./completion";

const OPTIONS: Completion[] = [
  { label: "chat_tokens_created" },
  { label: "chat_tokens_limit", detail: "gauge" },
  { label: "chat_tokens_total", detail: "counter" },
  { label: "users_created", detail: "gauge" },
];

/** Labels from the first to the last; equals stay in their order. */
const orderAt = (before: string): string[] =>
  inOrder(OPTIONS, before)
    .sort((a, b) => (b.boost ?? 0) - (a.boost ?? 0))
    .map(({ label }) => label);

test.each(["rate(", "sum by (job) (increase(chat_to", "irate( "])("%s wants counters first", (before) =>
  expect(orderAt(before)).toEqual([
    "chat_tokens_total",
    "chat_tokens_limit",
    "users_created",
    "chat_tokens_created",
  ]),
);

test.each(["", "avg(chat", "rate(x[5m]) / chat", "max_over_time("])("%s wants none before others", (before) =>
  expect(orderAt(before)).toEqual([
    "chat_tokens_limit",
    "chat_tokens_total",
    "users_created",
    "chat_tokens_created",
  ]),
);

test("names tell counters where nothing else does, but no gauge", () => {
  const boosts = inOrder([{ label: "x_count" }, { label: "y_count", detail: "gauge" }], "rate(");
  expect(boosts.map(({ boost }) => boost)).toEqual([99, undefined]);
});

test("an editor's proposals are put in order; nothing stays nothing", async () => {
  const doc = "rate(chat";
  const context = new CompletionContext(EditorState.create({ doc }), doc.length, true);
  const found = await ordered({ promQL: () => ({ from: 5, options: OPTIONS }) }).promQL(context);
  expect(found?.options.find(({ label }) => label === "chat_tokens_total")?.boost).toBe(99);
  expect(await ordered({ promQL: () => null }).promQL(context)).toBeNull();
});
