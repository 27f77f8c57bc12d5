/** The links of a drawn value: one is followed at once, of several one is chosen, and a refused one says why. */

import type { ReactNode } from "react";
import type { Subject } from "./datalinks";
import { Follow, linksOf, refusalOf } from "./Follow";
import { usePick } from "./PickBox";
import styles from "./Linked.module.css";

interface AroundProps {
  subject: Subject;
  className: string | undefined;
  children: ReactNode;
}

/** A button that opens the links of a value. */
function Several({ subject, className, children }: AroundProps) {
  const [box, open] = usePick();
  return (
    <>
      <button
        type="button"
        className={className}
        aria-haspopup="dialog"
        title="Links"
        onClick={(event) => open(event, subject)}
      >
        {children}
      </button>
      {box}
    </>
  );
}

function Around({ subject, className, children }: AroundProps) {
  const links = linksOf(subject);
  const [first] = links;
  if (first === undefined) return children;
  if (links.length > 1)
    return (
      <Several subject={subject} className={className}>
        {children}
      </Several>
    );
  const { href, title, url, newTab } = first;
  if (href === undefined)
    return (
      <span className={className} title={`${title}. ${refusalOf(url)}`}>
        {children}
      </span>
    );
  return (
    <Follow href={href} newTab={newTab} className={className} title={title}>
      {children}
    </Follow>
  );
}

/** Lies over the whole box of a value, which is placed for it; nothing where the value has no links. */
export const LinkCover = ({ subject }: { subject: Subject | undefined }) =>
  subject === undefined ? null : (
    <Around subject={subject} className={styles.cover}>
      <span className={styles.unseen}>Links of {subject.name}</span>
    </Around>
  );

/** A text that is itself the link; the text alone where the value has none. */
export const LinkedText = ({ subject, children }: { subject: Subject | undefined; children: ReactNode }) =>
  subject === undefined ? (
    children
  ) : (
    <Around subject={subject} className={styles.text}>
      {children}
    </Around>
  );
