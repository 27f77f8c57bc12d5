import { describe, expect, test } from "vitest";
import { parseVariables } from "../model/variable";
import { offerAll, settleAll, type Asking } from "./variables";

const RANGE = { fromMs: 0, toMs: 3_600_000 };
const SOURCES = [
  { uid: "embedded", name: "Watchglass", isDefault: false },
  { uid: "prometheus", name: "Prometheus", isDefault: true },
];

/** A source that answers each question with what a table says, and remembers what it was asked. */
function asking(answers: Record<string, string[] | Error>, address: Record<string, string[]> = {}) {
  const questions: string[] = [];
  const made: Asking = {
    range: RANGE,
    asked: (name) => address[name] ?? [],
    ask: (source, query) => {
      const text = `${source}: ${Object.values(query).join(" ")}`;
      questions.push(text);
      const answer = answers[text] ?? new Error(`not expected: ${text}`);
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
    sources: () => Promise.resolve(SOURCES),
  };
  return { ...made, questions };
}

const CHAIN = parseVariables({
  list: [
    { name: "pod", type: "query", query: 'label_values(up{ns=~"$ns"}, pod)', datasource: { uid: "${ds}" } },
    { name: "ns", type: "query", query: "label_values(ns)", datasource: "$ds", multi: true },
    { name: "ds", type: "datasource", query: "prometheus" },
  ],
});

describe("offerAll", () => {
  test("of very many choices it says how many are left out", async () => {
    const answers = Array.from({ length: 10_003 }, (_, at) => `v${at}`);
    const variables = parseVariables({ list: [{ name: "x", type: "query", query: "label_values(x)" }] });
    const made = (await offerAll(variables, asking({ "default: label_values x": answers }))).get("x")!;

    expect([made.choices.length, made.left]).toEqual([10_000, 3]);
  });

  test("each asks with the values of those it needs", async () => {
    const ask = asking({
      "prometheus: label_values ns": ["a.1", "b"],
      'prometheus: label_values pod up{ns=~"a\\\\.1"}': ["p1"],
    });
    const offers = await offerAll(CHAIN, ask);

    expect(offers.get("ds")!.choices.map(({ text, value }) => `${text}=${value}`)).toEqual([
      "Prometheus=prometheus",
      "Watchglass=embedded",
    ]);
    expect(offers.get("pod")!.choices).toEqual([{ text: "p1", value: "p1" }]);
  });

  test("the address chooses, and those that follow ask accordingly", async () => {
    const ask = asking(
      {
        "embedded: label_values ns": ["a", "b"],
        'embedded: label_values pod up{ns=~"(a|b)"}': [],
      },
      { ds: ["embedded"], ns: ["a", "b"] },
    );
    await offerAll(CHAIN, ask);

    expect(ask.questions).toEqual([
      "embedded: label_values ns",
      'embedded: label_values pod up{ns=~"(a|b)"}',
    ]);
  });

  test("a failure is told, and the others go on with what was saved", async () => {
    const ask = asking({ 'prometheus: label_values pod up{ns=~""}': ["p"] });
    const offers = await offerAll(CHAIN, ask);

    expect(offers.get("ns")!.error).toBe("not expected: prometheus: label_values ns");
    expect(offers.get("pod")!.choices).toHaveLength(1);
  });

  test.each<[object, RegExp]>([
    [
      { type: "query", query: "label_values(x)", datasource: { type: "loki", uid: "l" } },
      /needs a Loki data source/,
    ],
    [{ type: "query", query: "" }, /is no query/],
    [{ type: "datasource", query: "elasticsearch" }, /needs a Elasticsearch data source|Elasticsearch/],
  ])("%j says why there is nothing to choose from", async (raw, message) => {
    const offers = await offerAll(parseVariables({ list: [{ name: "x", ...raw }] }), asking({}));

    expect(offers.get("x")!.error).toMatch(message);
  });

  test("what is saved for ever is not asked for", async () => {
    const raw = {
      name: "x",
      type: "query",
      query: "label_values(x)",
      refresh: 0,
      options: [{ text: "a", value: "a" }],
    };
    const ask = asking({});

    expect((await offerAll(parseVariables({ list: [raw] }), ask)).get("x")!.choices).toHaveLength(1);
    expect(ask.questions).toEqual([]);
  });
});

describe("settleAll", () => {
  const list = parseVariables({
    list: [
      { name: "ns", type: "query", query: "label_values(ns)", current: { value: "saved" } },
      { name: "pod", type: "query", query: "label_values(x{ns='$ns'}, pod)" },
      { name: "mode", type: "custom", query: "fast,slow" },
      { name: "filters", type: "adhoc", filters: [{ key: "a", operator: "=", value: "b" }] },
    ],
  });
  const none = () => [];

  test("before an answer, only those that need no server have a value for certain", () => {
    const page = settleAll(list, undefined, none, RANGE, false);

    expect([...page.waiting]).toEqual(["ns", "pod"]);
    expect(page.variables.mode!.values).toEqual(["fast"]);
    expect(page.variables.ns!.values).toEqual(["saved"]);
  });

  test("while others are asked for again, only those that need others wait", () => {
    const offers = new Map([
      ["ns", { choices: [{ text: "n", value: "n" }] }],
      ["pod", { choices: [] }],
    ]);

    expect([...settleAll(list, offers, none, RANGE, true).waiting]).toEqual(["pod"]);
    expect([...settleAll(list, offers, none, RANGE, false).waiting]).toEqual([]);
  });

  test("filters are those of the address, or those that were saved", () => {
    expect(settleAll(list, undefined, none, RANGE, false).filters).toEqual([
      { label: "a", op: "=", values: ["b"] },
    ]);
    const asked = (name: string) => (name === "filters" ? ["c|!=|d", "nonsense"] : []);
    expect(settleAll(list, undefined, asked, RANGE, false).filters).toEqual([
      { label: "c", op: "!=", values: ["d"] },
    ]);
  });
});
