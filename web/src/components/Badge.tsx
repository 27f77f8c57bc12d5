/** A state in a word, a shape and a colour. */

import type { ReactNode } from "react";
import styles from "./Badge.module.css";

interface BadgeProps {
  kind: "ok" | "warn" | "crit" | "info" | "none";
  children: ReactNode;
}

export const Badge = ({ kind, children }: BadgeProps) => (
  <span className={`${styles.badge} ${styles[kind] ?? ""}`}>{children}</span>
);
