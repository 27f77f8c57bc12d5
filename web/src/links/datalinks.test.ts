import { describe, expect, it } from "vitest";
import { parseFieldRules } from "../model/field";
import { fill, fillLink, type Subject } from "./datalinks";

const { defaults } = parseFieldRules({ defaults: { unit: "percentunit" } });
const subject: Subject = {
  name: "GET /a&b",
  refId: "A",
  field: defaults,
  labels: { job: "chat app", path: "/a&b" },
  value: 0.25,
  timeMs: 1_700_000_000_000,
  row: { Host: "one", "Used %": "12" },
};
const link = (url: string, newTab = false) => ({ title: "To ${__field.labels.job}", url, newTab });

describe("fill", () => {
  it.each([
    ["${__field.name}", "GET /a&b"],
    ["${__series.name} ${__field.labels.job}", "GET /a&b chat app"],
    ["${__value.raw} ${__value.text}", "0.25 25%"],
    ["${__value.time}", "1700000000000"],
    ['${__data.fields.Host} ${__data.fields["Used %"]} ${__data.fields[1]}', "one 12 12"],
    ["${__data.refId} $__series_name", "A GET /a&b"],
    ["${__field.nothing} ${other}", "${__field.nothing} ${other}"],
    ["${__field.labels.none}!", "!"],
    ["${__field.name:percentencode}", "GET%20%2Fa%26b"],
  ])("%j is %j", (template, filled) => expect(fill(template, subject, false)).toBe(filled));
});

describe("fillLink", () => {
  const base = "http://localhost/prefix/";
  it("escapes values inside of an address", () =>
    expect(fillLink(link("https://x.org/?q=${__field.name}"), subject, base).href).toBe(
      "https://x.org/?q=GET%20%2Fa%26b",
    ));
  it("keeps an address that is a value", () => {
    const row = { URL: "https://x.org/a?b=c" };
    expect(fillLink(link("${__data.fields.URL}"), { ...subject, row }, base).href).toBe(row.URL);
  });
  it("follows no script, wherever it comes from", () => {
    const row = { URL: "javascript:alert(1)" };
    expect(fillLink(link("${__data.fields.URL}"), { ...subject, row }, base).href).toBeUndefined();
    expect(fillLink(link("java\tscript:alert(1)"), subject, base).href).toBeUndefined();
    expect(fillLink(link("data:text/html,x"), subject, base).href).toBeUndefined();
  });
  it("leads to this server below its prefix", () =>
    expect(fillLink(link("/d/x?var-job=${__field.labels.job}"), subject, base).href).toBe(
      "http://localhost/prefix/d/x?var-job=chat%20app",
    ));
  it("fills in the title", () => expect(fillLink(link("/"), subject, base).title).toBe("To chat app"));
});
