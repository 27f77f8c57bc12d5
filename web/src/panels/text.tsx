/** Text: Markdown, HTML or code, sanitised; nothing in it runs, styles itself or loads from elsewhere. */

import DOMPurify from "dompurify";
import { marked } from "marked";
import { useMemo } from "react";
import type { Panel } from "../model/dashboard";
import { asObject, asText, oneOf } from "../model/json";
import { linkAddress } from "../model/links";
import type { PanelModule, PanelProps } from "./module";
import styles from "./text.module.css";

interface TextOptions {
  mode: "markdown" | "html" | "code" | "text";
  content: string;
  lineNumbers: boolean;
}

/** Old dashboards keep the text at the panel's top level. */
const parseOptions = ({ options, raw }: Panel): TextOptions => ({
  mode: oneOf(asText(options.mode) ?? raw.mode, ["markdown", "html", "code", "text"]),
  content: asText(options.content) ?? asText(raw.content) ?? "",
  lineNumbers: asObject(options.code).showLineNumbers === true,
});

const RULES = {
  FORBID_ATTR: ["style", "id", "name", "popover", "popovertarget"],
  FORBID_TAGS:
    "style img video audio picture source iframe dialog form input button textarea select svg math".split(
      " ",
    ),
  /** Addresses of the web, of mail, and those of this server. */
  ALLOWED_URI_REGEXP: /^(?:https?:|mailto:|[^a-z]|[a-z+.-]+(?:[^a-z+.\-:]|$))/i,
};

/** Links within stay below the page's base. Those to elsewhere open beside the dashboard, of which they learn nothing. */
function settleLink(node: Element): void {
  const address = node.getAttribute("href");
  if (node.tagName !== "A" || address === null || /^(#|mailto:)/i.test(address)) return;
  node.removeAttribute("target");
  const href = linkAddress(address, document.baseURI);
  if (href !== undefined) node.setAttribute("href", href);
  if (!/^(https?:)?\/\//i.test(address)) return;
  node.setAttribute("target", "_blank");
  node.setAttribute("rel", "noopener noreferrer");
}

DOMPurify.addHook("afterSanitizeAttributes", settleLink);

function Code({ content, lineNumbers }: TextOptions) {
  const lines = content.split("\n");
  return (
    <pre className={`${styles.text} ${styles.code}`} tabIndex={0}>
      {lineNumbers
        ? lines.map((line, at) => (
            <span key={at} className={styles.line}>
              {`${line}\n`}
            </span>
          ))
        : content}
    </pre>
  );
}

function Marked({ mode, content }: TextOptions) {
  const html = useMemo(() => {
    const made = mode === "html" ? content : marked.parse(content, { async: false });
    return { __html: DOMPurify.sanitize(made, RULES) };
  }, [mode, content]);
  return <div className={styles.text} dangerouslySetInnerHTML={html} />;
}

function Text({ options }: PanelProps<TextOptions>) {
  if (options.mode === "code") return <Code {...options} />;
  if (options.mode === "text")
    return <div className={`${styles.text} ${styles.plain}`}>{options.content}</div>;
  return <Marked {...options} />;
}

const toTable = () => ({ columns: [], rows: [] });

export const text: PanelModule<TextOptions> = { parseOptions, Component: Text, toTable };
