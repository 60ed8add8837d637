// Times in the reader's words and time zone: relative within a week, then the date; the full time on hover.
const language = document.documentElement.lang;
const units = [["day", 86400], ["hour", 3600], ["minute", 60]];

export function writeTimes(root) {
  const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  for (const element of root.querySelectorAll("time[datetime]")) {
    const date = new Date(element.dateTime);
    if (Number.isNaN(date.getTime())) continue;
    element.title = date.toLocaleString(language, { dateStyle: "full", timeStyle: "medium" });
    const seconds = (date - Date.now()) / 1000;
    const [unit, size] = units.find(([, size]) => Math.abs(seconds) >= size) ?? ["second", Infinity];
    element.textContent = Math.abs(seconds) < 7 * 86400
      ? relative.format(Math.trunc(seconds / size), unit)
      : date.toLocaleDateString(language, { dateStyle: "medium" });
  }
}
