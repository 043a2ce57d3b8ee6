// Runs before the first paint, so that the page never flashes in the wrong theme.
const root = document.documentElement;
root.classList.add("js");
try {
	const theme = localStorage.getItem("theme");
	if (theme === "light" || theme === "dark") root.dataset.theme = theme;
} catch {
	// No storage: the system's theme it is.
}
