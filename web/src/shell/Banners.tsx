/** Strips above the page: the server does not answer, or it has been upgraded since the page was loaded. */

import { useEffect, useState } from "react";
import { UNREACHABLE } from "../api/http";
import { Button } from "../components/Button";
import { Icon } from "../components/icons";
import { describeAge } from "../model/timerange";
import { useOutdated } from "../state/build";
import { tryAgain, useLostSince } from "../state/connection";
import styles from "./Banners.module.css";

const TICK_MS = 1000;

function Lost({ since }: { since: number }) {
  const [now, setNow] = useState(since);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <div className={`${styles.strip} ${styles.lost}`} role="status">
      <Icon name="warning" />
      <p>
        <b>{UNREACHABLE}</b>{" "}
        <span className={styles.detail} aria-hidden="true">
          For {describeAge(now - since)}. What you see stays; it is brought up to date as soon as there is an
          answer.
        </span>
      </p>
      <Button onClick={() => void tryAgain()}>Try now</Button>
    </div>
  );
}

function Outdated() {
  return (
    <div className={`${styles.strip} ${styles.outdated}`} role="status">
      <Icon name="info" />
      <p>
        <b>A new version runs.</b>{" "}
        <span className={styles.detail}>This page is of the one before; the address keeps what you see.</span>
      </p>
      <Button onClick={() => location.reload()}>Reload</Button>
    </div>
  );
}

export function Banners() {
  const since = useLostSince();
  const outdated = useOutdated();
  return (
    <>
      {since !== undefined && <Lost key={since} since={since} />}
      {outdated && <Outdated />}
    </>
  );
}
