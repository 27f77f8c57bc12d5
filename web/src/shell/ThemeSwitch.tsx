/** Light, dark, or as the system says. */

import { Icon } from "../components/icons";
import { Segmented } from "../components/Segmented";
import { setThemeChoice, useThemeChoice } from "../state/theme";

const CHOICES = [
  { value: "light", text: <Icon name="sun" size={14} />, label: "Light theme" },
  { value: "dark", text: <Icon name="moon" size={14} />, label: "Dark theme" },
  { value: "system", text: <Icon name="system" size={14} />, label: "Theme of the system" },
] as const;

export const ThemeSwitch = () => (
  <Segmented label="Theme" segments={CHOICES} value={useThemeChoice()} onChoose={setThemeChoice} />
);
