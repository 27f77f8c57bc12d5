/** Links of documents: dashboards of this server open within the page, the web as told, and all else is text. */

import type { ReactNode } from "react";
import { Link } from "../components/Link";
import { fillLink, type FilledLink, type Subject } from "./datalinks";
import styles from "./Follow.module.css";

/** Why a link is not one. */
export const refusalOf = (url: string): string => `Not followed: ${url} is no web address.`;

interface FollowProps {
  href: string;
  newTab: boolean;
  className?: string | undefined;
  title?: string;
  children: ReactNode;
}

/** A link to a safe address. */
export function Follow({ href, newTab, children, ...rest }: FollowProps) {
  const home = document.baseURI;
  if (!newTab && href.startsWith(`${home}d/`))
    return (
      <Link to={href.slice(home.length)} {...rest}>
        {children}
      </Link>
    );
  const tab = newTab ? { target: "_blank", rel: "noopener noreferrer" } : {};
  return (
    <a href={href} {...tab} {...rest}>
      {children}
    </a>
  );
}

/** A link that is safe to follow; any other is text, with the reason. */
export function FollowLink({ link: { title, href, url, newTab } }: { link: FilledLink }) {
  if (href === undefined)
    return (
      <span className={styles.refused} title={url}>
        {title} <small>not followed: {url} is no web address</small>
      </span>
    );
  return (
    <Follow className={styles.link} href={href} title={href} newTab={newTab}>
      {title}
    </Follow>
  );
}

/** The links of a value, filled in. */
export const linksOf = (subject: Subject): FilledLink[] =>
  subject.field.links.map((link) => fillLink(link, subject, document.baseURI));

/** The links of one value. */
export const SubjectLinks = ({ subject }: { subject: Subject }) => (
  <ul className={styles.links}>
    {linksOf(subject).map((link, at) => (
      <li key={at}>
        <FollowLink link={link} />
      </li>
    ))}
  </ul>
);
