/** Text: Markdown or HTML, sanitised; nothing in it runs, styles itself or loads from elsewhere. */

import DOMPurify from "dompurify";
import { marked } from "marked";
import { useMemo } from "react";
import type { Panel } from "../model/dashboard";
import { asText } from "../model/json";
import type { PanelModule, PanelProps } from "./module";
import styles from "./text.module.css";

interface TextOptions {
  mode: string;
  content: string;
}

/** Old dashboards keep the text at the panel's top level. */
const parseOptions = ({ options, raw }: Panel): TextOptions => ({
  mode: asText(options.mode) ?? asText(raw.mode) ?? "markdown",
  content: asText(options.content) ?? asText(raw.content) ?? "",
});

const FORBIDDEN = {
  FORBID_ATTR: ["style"],
  FORBID_TAGS: ["style", "img", "video", "audio", "iframe", "form", "input"],
};

function Text({ options }: PanelProps<TextOptions>) {
  const html = useMemo(() => {
    const made = options.mode === "html" ? options.content : marked.parse(options.content, { async: false });
    return { __html: DOMPurify.sanitize(made, FORBIDDEN) };
  }, [options]);
  if (options.mode === "code") return <pre className={styles.text}>{options.content}</pre>;
  return <div className={styles.text} dangerouslySetInnerHTML={html} />;
}

const toTable = () => ({ columns: [], rows: [] });

export const text: PanelModule<TextOptions> = { parseOptions, Component: Text, toTable };
