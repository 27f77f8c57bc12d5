/** Light, dark, or as the system says. */

import { Icon, type IconName } from "../components/icons";
import { setThemeChoice, useThemeChoice, type ThemeChoice } from "../state/theme";
import styles from "./ThemeSwitch.module.css";

const CHOICES: readonly { value: ThemeChoice; icon: IconName; label: string }[] = [
  { value: "light", icon: "sun", label: "Light theme" },
  { value: "dark", icon: "moon", label: "Dark theme" },
  { value: "system", icon: "system", label: "Theme of the system" },
];

export function ThemeSwitch() {
  const chosen = useThemeChoice();
  return (
    <div className={styles.switch} role="group" aria-label="Theme">
      {CHOICES.map(({ value, icon, label }) => (
        <button
          key={value}
          type="button"
          aria-label={label}
          title={label}
          aria-pressed={value === chosen}
          onClick={() => setThemeChoice(value)}
        >
          <Icon name={icon} size={14} />
        </button>
      ))}
    </div>
  );
}
