import { expect, test } from "vitest";
import { listAlerts } from "./alerts";
import type { RoutedAlert, RuleGroup, Texts } from "./api";
import { addedLabels, firingSince, targetAddress } from "./details";

const LABELS = { alertname: "InstanceDown", job: "node", instance: "a:9100" };

const groupOf = (state: "firing" | "pending", labels: Texts): RuleGroup => ({
  name: "nodes",
  file: "rules.yml",
  interval: 15,
  limit: 0,
  evaluationTime: 0,
  lastEvaluation: "",
  rules: [
    {
      type: "alerting",
      name: "InstanceDown",
      query: "up == 0",
      state,
      duration: 300,
      health: "ok",
      evaluationTime: 0,
      lastEvaluation: "",
      alerts: [{ labels, annotations: {}, state, activeAt: "2026-11-22T13:00:00Z", value: "0e+00" }],
    },
  ],
});

const routed: RoutedAlert = {
  labels: { ...LABELS, region: "eu" },
  annotations: {},
  startsAt: "2026-11-22T13:05:00Z",
  endsAt: "2026-11-22T13:30:00Z",
  updatedAt: "2026-11-22T13:25:00Z",
  fingerprint: "1",
  receivers: [],
  status: { state: "active", silencedBy: [], inhibitedBy: [] },
};

const rowOf = (state: "firing" | "pending", labels: Texts = LABELS, of: RoutedAlert[] = [routed]) =>
  listAlerts([groupOf(state, labels)], of)[0]!;

test("an alert fires later than its condition begins to hold", () => {
  const row = rowOf("firing");
  expect(firingSince(row)! - row.sinceMs).toBe(300_000);
  expect(firingSince(rowOf("pending"))).toBeUndefined();
  expect(firingSince(rowOf("firing", LABELS, []))).toBeUndefined();
});

test("labels that were added on the way are told apart", () => {
  expect(addedLabels(rowOf("firing"))).toEqual([["region", "eu"]]);
  expect(addedLabels(rowOf("firing", LABELS, []))).toEqual([]);
});

test("the target is listed by its job and its address", () => {
  expect(targetAddress(rowOf("firing"))).toBe("targets?pool=node&search=a%3A9100");
  expect(targetAddress(rowOf("firing", { instance: "a" }, []))).toBe("targets?search=a");
});
