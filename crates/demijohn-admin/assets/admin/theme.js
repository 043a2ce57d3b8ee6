// Applied before the first paint: a small blocking script in <head>, so the page never flashes in the wrong theme.
const root = document.documentElement;
root.classList.add("js");
try {
  const theme = localStorage.getItem("theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
} catch {
  // Storage may be forbidden; the system's theme is right then.
}
