/** Icons: 16 px line drawings in the text's colour. */

import type { ReactNode } from "react";

const DRAWINGS = {
  grid: <path d="M2.5 2.5h4.5v4.5h-4.5zM9 2.5h4.5v4.5h-4.5zM2.5 9h4.5v4.5h-4.5zM9 9h4.5v4.5h-4.5z" />,
  pack: <path d="M8 1.75l5.5 3v6.5L8 14.25l-5.5-3v-6.5zM2.5 4.75L8 7.75l5.5-3M8 7.75v6.5" />,
  bell: <path d="M3 11.5h10L11.75 9.6V7a3.75 3.75 0 0 0-7.5 0v2.6zM6.75 13.5h2.5" />,
  mute: <path d="M4.25 7.2V9.6L3 11.5h7.6M5.2 4.5A3.75 3.75 0 0 1 11.75 7v2.4M6.75 13.5h2.5M2.5 2.5l11 11" />,
  target: (
    <>
      <circle cx="8" cy="8" r="5.75" />
      <circle cx="8" cy="8" r="2.25" />
    </>
  ),
  machine: <path d="M2.5 3h11v7.5h-11zM6 13.5h4M8 10.5v3M4.5 7h1.5l1-2 1.6 3.5.9-1.5h2" />,
  auto: <path d="M8 1.75l1.5 4.25 4.25 1.5-4.25 1.5L8 13.25 6.5 9 2.25 7.5 6.5 6zM13 11.5v3M11.5 13h3" />,
  clock: (
    <>
      <circle cx="8" cy="8" r="5.75" />
      <path d="M8 4.75V8l2.25 1.5" />
    </>
  ),
  refresh: <path d="M13.25 8a5.25 5.25 0 1 1-1.6-3.77M13.25 1.75v3h-3" />,
  sun: (
    <>
      <circle cx="8" cy="8" r="2.75" />
      <path d="M8 1.5v1.25M8 13.25v1.25M1.5 8h1.25M13.25 8h1.25M3.4 3.4l.9.9M11.7 11.7l.9.9M3.4 12.6l.9-.9M11.7 4.3l.9-.9" />
    </>
  ),
  moon: <path d="M13.5 9.6A5.75 5.75 0 0 1 6.4 2.5a5.75 5.75 0 1 0 7.1 7.1z" />,
  system: <path d="M2.25 3h11.5v7.5H2.25zM5.5 13.25h5" />,
  menu: <path d="M2.5 4.25h11M2.5 8h11M2.5 11.75h11" />,
  close: <path d="M4 4l8 8M12 4l-8 8" />,
  down: <path d="M4.5 6.5L8 10l3.5-3.5" />,
  left: <path d="M9.5 4.5L6 8l3.5 3.5" />,
  right: <path d="M6.5 4.5L10 8l-3.5 3.5" />,
  more: <path d="M3.5 8h.01M8 8h.01M12.5 8h.01" strokeWidth="2.2" />,
  info: (
    <>
      <circle cx="8" cy="8" r="5.75" />
      <path d="M8 7.5v3.25M8 5.25h.01" />
    </>
  ),
  warning: <path d="M8 2.25l6 10.75H2zM8 6.5v3M8 11.25h.01" />,
  check: <path d="M3.25 8.5l3 3 6.5-7" />,
  search: (
    <>
      <circle cx="7" cy="7" r="4.25" />
      <path d="M10.25 10.25L13.5 13.5" />
    </>
  ),
  zoomOut: (
    <>
      <circle cx="7" cy="7" r="4.25" />
      <path d="M10.25 10.25L13.5 13.5M5.25 7h3.5" />
    </>
  ),
  link: (
    <path d="M6.75 9.25a2.5 2.5 0 0 0 3.6.1l2.25-2.25a2.5 2.5 0 0 0-3.55-3.55l-.8.8M9.25 6.75a2.5 2.5 0 0 0-3.6-.1L3.4 8.9a2.5 2.5 0 0 0 3.55 3.55l.8-.8" />
  ),
  compass: (
    <>
      <circle cx="8" cy="8" r="5.75" />
      <path d="M10.5 5.5L9 9l-3.5 1.5L7 7z" />
    </>
  ),
  pulse: <path d="M1.75 8.5h2.5L6 4l3.5 8 2-3.5h2.75" />,
  play: <path d="M5 3.25v9.5L12.5 8z" />,
  plus: <path d="M8 3.25v9.5M3.25 8h9.5" />,
  eye: (
    <>
      <path d="M1.75 8S4 3.75 8 3.75 14.25 8 14.25 8 12 12.25 8 12.25 1.75 8 1.75 8z" />
      <circle cx="8" cy="8" r="1.75" />
    </>
  ),
  eyeOff: (
    <path d="M6.4 4A6.3 6.3 0 0 1 8 3.75c4 0 6.25 4.25 6.25 4.25a10 10 0 0 1-1.7 2.1M10.5 11.75A6 6 0 0 1 8 12.25C4 12.25 1.75 8 1.75 8a10.3 10.3 0 0 1 2.6-2.9M2.5 2.5l11 11" />
  ),
  trash: <path d="M2.75 4.25h10.5M6.25 4V2.5h3.5V4M4 4.5l.6 9h6.8l.6-9M6.6 7v4M9.4 7v4" />,
  history: <path d="M2.75 8a5.25 5.25 0 1 1 1.6 3.77M2.75 14.25v-3h3M8 5v3l2 1.25" />,
  format: <path d="M2.5 3.5h11M5 6.5h8.5M5 9.5h6M2.5 12.5h8.5" />,
  list: <path d="M5.5 4h8M5.5 8h8M5.5 12h8M2.5 4h.01M2.5 8h.01M2.5 12h.01" />,
  copy: <path d="M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3" />,
  up: <path d="M4.5 9.5L8 6l3.5 3.5" />,
  star: <path d="M8 1.9l1.9 3.85 4.25.6-3.1 3 .75 4.2L8 11.55l-3.8 2 .75-4.2-3.1-3 4.25-.6z" />,
  folder: <path d="M1.75 3.5h4.5l1.5 1.75h6.5v7.5H1.75z" />,
  file: <path d="M3.5 1.75h6l3 3v9.5h-9zM9.25 2v3h3" />,
  upload: <path d="M8 10.25V2.5M4.75 5.5L8 2.25l3.25 3.25M2.5 10.5v3h11v-3" />,
  download: <path d="M8 2.25V10M4.75 7L8 10.25 11.25 7M2.5 10.5v3h11v-3" />,
  swap: <path d="M2.5 5.5h10M9.75 2.75l2.75 2.75-2.75 2.75M13.5 10.5h-10M6.25 7.75L3.5 10.5l2.75 2.75" />,
  table: <path d="M2.25 3h11.5v10H2.25zM2.25 6.5h11.5M2.25 9.75h11.5M6.25 6.5V13" />,
  image: <path d="M2.25 3h11.5v10H2.25zM2.5 11l3.5-3.75 3 3L11 8l2.5 2.75M10.5 5.75h.01" />,
  expand: <path d="M9.5 2.5h4v4M6.5 13.5h-4v-4M13.25 2.75L9.5 6.5M2.75 13.25L6.5 9.5" />,
  mark: <path d="M8 2v7M8 9l3.25 4.5h-6.5z" />,
  edit: <path d="M2.5 13.5l.75-3.25L10.5 3l2.5 2.5-7.25 7.25zM9 4.5L11.5 7" />,
  undo: <path d="M5 3L2.25 5.75 5 8.5M2.5 5.75h6.75a3.75 3.75 0 0 1 0 7.5H6" />,
  redo: <path d="M11 3l2.75 2.75L11 8.5M13.5 5.75H6.75a3.75 3.75 0 0 0 0 7.5H10" />,
  gear: (
    <>
      <circle cx="8" cy="8" r="2" />
      <path d="M8 1.75v2M8 12.25v2M1.75 8h2M12.25 8h2M3.6 3.6L5 5M11 11l1.4 1.4M3.6 12.4L5 11M11 5l1.4-1.4" />
    </>
  ),
  keyboard: (
    <path d="M1.75 4h12.5v8H1.75zM4.25 6.75h.01M6.75 6.75h.01M9.25 6.75h.01M11.75 6.75h.01M5 9.5h6" />
  ),
} satisfies Record<string, ReactNode>;

export type IconName = keyof typeof DRAWINGS;

/** An icon; it is decoration, so its control carries the name. */
export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.4"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {DRAWINGS[name]}
    </svg>
  );
}

/** The product's mark. */
export function Mark() {
  return (
    <svg
      width="20"
      height="20"
      viewBox="0 0 20 20"
      fill="none"
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <circle cx="10" cy="10" r="7.5" stroke="var(--accent)" />
      <path d="M10 5.75V10l2.9 2" stroke="var(--ok)" />
    </svg>
  );
}
