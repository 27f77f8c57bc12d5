import { expect, test } from "vitest";
import { decodeFrame } from "./frames";

/** Writes a frame as the server does. */
function encode(header: object, times: number[], values: number[], presence?: number[]): ArrayBuffer {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const padded = Math.ceil((4 + text.length) / 8) * 8 - 4;
  const floats = [...times, ...values];
  const buffer = new ArrayBuffer(4 + padded + floats.length * 8 + (presence?.length ?? 0));
  new DataView(buffer).setUint32(0, padded, true);
  const bytes = new Uint8Array(buffer);
  bytes.fill(32, 4, 4 + padded);
  bytes.set(text, 4);
  new Float64Array(buffer, 4 + padded, floats.length).set(floats);
  if (presence !== undefined) bytes.set(presence, 4 + padded + floats.length * 8);
  return buffer;
}

const series = [{ metric: { job: "a" } }, { metric: { job: "b" } }];

test("rows of values belong to their series, on one time column", () => {
  const frame = decodeFrame(encode({ series, points: 2, step: 1000 }, [0, 1000], [1, 2, 3, NaN]));

  expect([...frame.times]).toEqual([0, 1000]);
  expect(frame.series.map(({ labels, values }) => [labels.job, [...values]])).toEqual([
    ["a", [1, 2]],
    ["b", [3, NaN]],
  ]);
});

test("presence tells a real NaN from no sample", () => {
  const header = { series: [series[0]], points: 2, step: 1, nulls: true };
  const frame = decodeFrame(encode(header, [0, 1], [NaN, NaN], [1, 0]));

  expect([...frame.series[0]!.presence!]).toEqual([1, 0]);
});

test("warnings and infos travel together", () => {
  const frame = decodeFrame(
    encode({ series: [], points: 0, step: 0, warnings: ["w"], infos: ["i"] }, [], []),
  );

  expect(frame.warnings).toEqual(["w", "i"]);
});

test("an answer that is cut short is an error, not a shorter answer", () => {
  const whole = encode({ series, points: 2, step: 1000 }, [0, 1000], [1, 2, 3, 4]);

  expect(() => decodeFrame(whole.slice(0, whole.byteLength - 8))).toThrow(RangeError);
});
