/**
 * Put into a page before its own scripts: notes when charts have been drawn, how far apart frames are, and long tasks.
 *
 * A chart counts as painted one whole frame after its canvas got the line of its last series.
 */
(() => {
  const SETTLED_MS = 150;
  const lines = new Map();
  const painted = new Map();
  const frames = [];
  const tasks = [];
  let wanted = 1;
  let recording = false;
  let moves = 0;

  const stroke = CanvasRenderingContext2D.prototype.stroke;
  CanvasRenderingContext2D.prototype.stroke = function (...path) {
    stroke.apply(this, path);
    if (path.length === 0) return; // an axis or a grid line
    const drawn = (lines.get(this.canvas) ?? 0) + 1;
    lines.set(this.canvas, drawn);
    if (drawn % wanted === 0) afterNextFrame(this.canvas);
  };

  const panelOf = (canvas) => canvas.closest("[data-panel]");

  function afterNextFrame(canvas) {
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        const panel = panelOf(canvas);
        if (panel !== null) painted.set(panel.dataset.panel, performance.now());
      }),
    );
  }

  function record(before) {
    if (!recording) return;
    requestAnimationFrame(() => {
      const now = performance.now();
      frames.push(now - before);
      record(now);
    });
  }

  /** Panels of which more is on screen than the title: a chart below the window is not seen, and drawn later on purpose. */
  const onScreen = () =>
    [...document.querySelectorAll("[data-panel]")].filter((panel) => {
      const { top, bottom } = panel.querySelector("section > div:last-child").getBoundingClientRect();
      return top < innerHeight && bottom > 0;
    });

  new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({
    type: "longtask",
    buffered: true,
  });
  addEventListener("mousemove", () => (moves += 1), { capture: true, passive: true });

  globalThis.bench = {
    /** How many lines make a chart. */
    expect: (series) => (wanted = series),
    forget() {
      painted.clear();
      tasks.length = 0;
    },
    isPainted: (panels) => painted.size >= panels,
    /** Looks only once nothing has been painted for a while, as looking makes the browser lay out the page. */
    isFoldPainted() {
      if (painted.size === 0 || performance.now() - Math.max(...painted.values()) < SETTLED_MS) return false;
      return onScreen().every((panel) => painted.has(panel.dataset.panel));
    },
    /** ms from the start of the navigation to the last chart on screen. */
    foldMs: () => Math.max(...onScreen().map((panel) => painted.get(panel.dataset.panel))),
    allMs: () => Math.max(...painted.values()),
    charts: () => onScreen().length,
    tasks: () => tasks,
    startFrames() {
      frames.length = 0;
      moves = 0;
      recording = true;
      record(performance.now());
    },
    stopFrames() {
      recording = false;
      return { frames: frames.slice(1), moves };
    },
  };
})();
