// Small custom elements over forms that work without them. Markup is never built from text: no Trusted Types policy is needed.

const make = (tag, props = {}, ...children) => {
	const element = Object.assign(document.createElement(tag), props);
	element.append(...children);
	return element;
};
const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
const LATIN = { æ: "ae", œ: "oe", ø: "o", ß: "ss", ł: "l", đ: "d", þ: "th" };
const slug = (text) => fold(text).replace(/[æœøßłđþ]/g, (letter) => LATIN[letter]).replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
const icon = (name) => {
	const sprite = document.querySelector("svg.icon use").getAttribute("href").split("#")[0];
	const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
	const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
	svg.setAttribute("class", "icon");
	svg.setAttribute("aria-hidden", "true");
	use.setAttribute("href", `${sprite}#${name}`);
	svg.append(use);
	return svg;
};
const lookUp = async (url, term, signal) => {
	const answer = await fetch(`${url}${url.includes("?") ? "&" : "?"}term=${encodeURIComponent(term)}`, { signal, headers: { Accept: "application/json" } });
	if (!answer.ok) throw new Error(answer.statusText);
	return answer.json();
};
const define = (name, connect) =>
	customElements.define(name, class extends HTMLElement {
		connectedCallback() {
			if (!this.ready) connect(this);
			this.ready = true;
		}
	});

define("dj-theme", (host) => {
	const root = document.documentElement;
	const button = host.querySelector("button");
	const name = host.querySelector("[data-theme-name]");
	const order = ["automatic", "light", "dark"];
	const show = () => { name.textContent = root.dataset.theme ?? order[0]; button.title = `Theme: ${name.textContent}`; };
	button.hidden = false;
	button.addEventListener("click", () => {
		const next = order[(order.indexOf(root.dataset.theme ?? order[0]) + 1) % 3];
		if (next === order[0]) delete root.dataset.theme;
		else root.dataset.theme = next;
		try { localStorage.setItem("theme", next); } catch { /* This page only, then. */ }
		show();
	});
	show();
});

define("dj-message", (host) => {
	const button = host.querySelector("button");
	button.hidden = false;
	button.addEventListener("click", () => {
		const item = host.parentElement;
		(item.parentElement.children.length > 1 ? item : item.parentElement).remove();
		document.getElementById("content").focus();
	});
});

define("dj-nav-filter", (host) => {
	const label = host.querySelector("label");
	const input = label.querySelector("input");
	label.hidden = false;
	input.addEventListener("input", () => {
		const wanted = fold(input.value.trim());
		let found = 0;
		for (const app of host.querySelectorAll(".nav-app")) {
			const whole = fold(app.querySelector("h2").textContent).includes(wanted);
			let shown = 0;
			for (const item of app.querySelectorAll("li")) {
				item.hidden = !whole && !fold(item.querySelector("a").textContent).includes(wanted);
				if (!item.hidden) shown += 1;
			}
			app.hidden = shown === 0;
			found += shown;
		}
		host.querySelector("[data-nothing]").hidden = found > 0 || wanted === "";
	});
	input.addEventListener("keydown", (event) => {
		if (event.key === "Enter") host.querySelector("li:not([hidden]) a")?.click();
		if (event.key === "Escape") { input.value = ""; input.dispatchEvent(new Event("input")); }
	});
	host.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
});

define("dj-selection", (host) => {
	const all = host.querySelector("[data-all]");
	const boxes = [...host.querySelectorAll("[name=_selected_action]")];
	const across = host.querySelector("[name=select_across]");
	const [count, more, clear] = ["count", "across", "clear"].map((name) => host.querySelector(`[data-${name}]`));
	const total = Number(host.dataset.total);
	let last = null;
	const show = () => {
		const chosen = boxes.filter((box) => box.checked).length;
		all.checked = chosen === boxes.length;
		all.indeterminate = chosen > 0 && chosen < boxes.length;
		if (!all.checked) across.value = "0";
		const whole = across.value === "1";
		count.textContent = whole ? `All ${total.toLocaleString(document.documentElement.lang)} selected` : chosen ? `${chosen} of ${boxes.length} selected` : "";
		if (more) more.hidden = whole || !all.checked;
		clear.hidden = chosen === 0;
	};
	const setAll = (checked) => { for (const box of boxes) box.checked = checked; show(); };
	all.closest("[hidden]").hidden = false;
	all.addEventListener("change", () => setAll(all.checked));
	clear.addEventListener("click", () => setAll(false));
	more?.addEventListener("click", () => { across.value = "1"; show(); });
	host.addEventListener("click", ({ target, shiftKey }) => {
		const index = boxes.indexOf(target);
		if (index < 0) return;
		if (shiftKey && last !== null) for (const box of boxes.slice(Math.min(last, index), Math.max(last, index))) box.checked = target.checked;
		last = index;
		show();
	});
	addEventListener("pageshow", show);
	show();
});

// A `<select>` becomes a text box with suggestions; the select stays and is what the form sends.
let combos = 0;
define("dj-combobox", (host) => {
	const select = host.querySelector("select");
	const url = host.dataset.url;
	if (!url && select.options.length < 16) return;
	const id = `combo-${(combos += 1)}`;
	const list = make("div", { id, className: "options", role: "listbox", hidden: true, ariaLabel: host.dataset.label });
	const input = make("input", { className: "input", type: "text", autocomplete: "off", spellcheck: false, role: "combobox", ariaExpanded: "false", ariaAutoComplete: "list" });
	input.setAttribute("aria-controls", id);
	for (const name of ["aria-describedby", "aria-invalid"]) if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
	if (select.required) input.ariaRequired = "true";
	input.id = select.id;
	input.disabled = select.disabled;
	select.removeAttribute("id");
	select.dataset.replaced = "";
	host.append(input, icon("down"), list);

	let options = [];
	let active = -1;
	let timer = 0;
	let request = null;
	const current = () => select.selectedOptions[0]?.textContent.trim() ?? "";
	const reset = () => { input.value = select.value ? current() : ""; input.placeholder = select.value ? "" : "Type to search"; };
	const close = () => {
		clearTimeout(timer);
		request?.abort();
		list.hidden = true;
		input.ariaExpanded = "false";
		input.removeAttribute("aria-activedescendant");
		active = -1;
	};
	const mark = (index) => {
		list.querySelector(".active")?.classList.remove("active");
		active = index;
		const row = list.querySelectorAll("[role=option]")[index];
		if (!row) return input.removeAttribute("aria-activedescendant");
		row.classList.add("active");
		row.scrollIntoView({ block: "nearest" });
		input.setAttribute("aria-activedescendant", row.id);
	};
	const choose = ({ value, text }) => {
		if (![...select.options].some((option) => option.value === value)) select.add(new Option(text, value));
		const changed = select.value !== value;
		select.value = value;
		reset();
		close();
		if (changed) select.dispatchEvent(new Event("change", { bubbles: true }));
	};
	const note = (text) => make("div", { className: "options-note", role: "status", textContent: text });
	const show = (found, typed, more = false) => {
		options = found;
		list.replaceChildren(...found.map(({ value, text }, index) => {
			const row = make("div", { id: `${id}-${index}`, role: "option", textContent: text, ariaSelected: String(value === select.value) });
			row.addEventListener("pointerdown", (event) => event.preventDefault());
			row.addEventListener("click", () => choose({ value, text }));
			return row;
		}));
		if (!found.length) list.append(note("Nothing found"));
		if (more) list.append(note("Type more to see the rest"));
		list.hidden = false;
		input.ariaExpanded = "true";
		mark(typed && found.length ? 0 : found.findIndex(({ value }) => value === select.value));
	};
	const empty = () => (select.required || !select.querySelector('option[value=""]') ? [] : [{ value: "", text: "" }]);
	const local = (term) => {
		const wanted = fold(term);
		show([...select.options].filter((option) => (option.value || !select.required) && fold(option.textContent).includes(wanted)).slice(0, 200).map((option) => ({ value: option.value, text: option.value ? option.textContent.trim() : "" })), term);
	};
	const remote = async (term) => {
		request?.abort();
		request = new AbortController();
		try {
			const { results, pagination } = await lookUp(url, term, request.signal);
			show([...(term ? [] : empty()), ...results.map((row) => ({ value: String(row.id), text: row.text }))], term, pagination?.more);
		} catch (error) {
			if (error.name === "AbortError") return;
			show([]);
			list.replaceChildren(note("The search failed; try again"));
		}
	};
	const search = (term) => {
		if (!url) return local(term);
		clearTimeout(timer);
		options = [];
		mark(-1);
		timer = setTimeout(remote, term ? 150 : 0, term);
	};
	input.addEventListener("input", () => search(input.value.trim()));
	const open = () => { input.select(); search(""); };
	input.addEventListener("click", () => { if (list.hidden) open(); });
	input.addEventListener("blur", () => { if (!input.value.trim() && empty().length) choose({ value: "", text: "" }); else { reset(); close(); } });
	input.addEventListener("keydown", (event) => {
		const { key } = event;
		if (key === "ArrowDown" || key === "ArrowUp") {
			event.preventDefault();
			if (list.hidden) return open();
			const step = key === "ArrowDown" ? 1 : -1;
			if (options.length) mark((active + step + options.length) % options.length);
		} else if (key === "Enter" && !list.hidden) {
			event.preventDefault();
			if (options[active]) choose(options[active]);
		} else if (key === "Escape" && !list.hidden) {
			event.stopPropagation();
			reset();
			close();
		}
	});
	reset();
});

define("dj-checklist", (host) => {
	const box = host.querySelector(".checklist-box");
	const filter = host.querySelector(".checklist-filter");
	const input = filter.querySelector("input");
	const count = host.querySelector("[data-count]");
	const { url, name } = host.dataset;
	const boxes = () => [...box.querySelectorAll("input")];
	const show = () => { const chosen = boxes().filter((item) => item.checked).length; count.textContent = boxes().length ? `${chosen} chosen` : ""; };
	let timer = 0;
	const find = async (term) => {
		const { results } = await lookUp(url, term).catch(() => ({ results: [] }));
		if (term !== input.value.trim()) return;
		for (const item of boxes()) if (!item.checked) item.parentElement.remove();
		box.querySelector(".none")?.remove();
		const known = new Set(boxes().map((item) => item.value));
		for (const row of term ? results : []) {
			if (known.has(String(row.id))) continue;
			box.append(make("label", { className: "check" }, make("input", { type: "checkbox", name, value: row.id }), make("span", { textContent: row.text })));
		}
		show();
	};
	filter.hidden = !url && boxes().length < 8;
	input.addEventListener("input", () => {
		const term = input.value.trim();
		clearTimeout(timer);
		if (url) timer = setTimeout(find, 150, term);
		else for (const item of boxes()) item.parentElement.hidden = !fold(item.parentElement.textContent).includes(fold(term));
	});
	input.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
	box.addEventListener("change", show);
	show();
});

define("dj-when", (host) => {
	const text = host.querySelector("input");
	const pick = host.querySelector("[data-pick]");
	const now = host.querySelector("[data-now]");
	const native = make("input", { type: host.dataset.type, className: "native", tabIndex: -1, ariaHidden: "true" });
	const set = (value) => { text.value = value.replace("T", " "); text.dispatchEvent(new Event("input", { bubbles: true })); };
	const local = () => { const time = new Date(); return new Date(time - time.getTimezoneOffset() * 60000).toISOString(); };
	host.append(native);
	native.addEventListener("input", (event) => { event.stopPropagation(); if (native.value) set(native.value); });
	pick.hidden = now.hidden = text.disabled;
	pick.addEventListener("click", () => { native.value = text.value.trim().replace(" ", "T").slice(0, { date: 10, time: 5 }[native.type] ?? 16); native.showPicker?.(); });
	now.addEventListener("click", () => set({ date: local().slice(0, 10), time: local().slice(11, 16) }[native.type] ?? local().slice(0, 16)));
});

define("dj-form", (host) => {
	const form = host.querySelector("form");
	let dirty = "dirty" in host.dataset;
	let sent = false;
	for (const field of form.querySelectorAll("[data-slug-from]")) {
		const source = form.elements[field.dataset.slugFrom];
		let own = field.value !== "";
		field.addEventListener("input", () => { own = field.value !== ""; });
		source?.addEventListener("input", () => { if (!own) field.value = slug(source.value).slice(0, field.maxLength > 0 ? field.maxLength : 50); });
	}
	for (const type of ["input", "change"]) form.addEventListener(type, () => { dirty = true; });
	form.addEventListener("submit", (event) => { if (sent) event.preventDefault(); sent = true; });
	addEventListener("pageshow", () => { sent = false; });
	addEventListener("beforeunload", (event) => { if (dirty && !sent) event.preventDefault(); });
	addEventListener("keydown", (event) => {
		if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
		const name = event.key === "s" ? "_continue" : event.key === "Enter" ? "_save" : "";
		const button = name && form.querySelector(`.submit-row [name=${name}]`);
		if (button) { event.preventDefault(); button.click(); }
	});
	document.getElementById("error-summary")?.focus();
});

const menus = () => document.querySelectorAll("details.menu[open]");
addEventListener("click", ({ target }) => { for (const menu of menus()) if (!menu.contains(target)) menu.open = false; });
addEventListener("keydown", (event) => {
	const { key, target } = event;
	if (key === "Escape") for (const menu of menus()) { menu.open = false; menu.querySelector("summary").focus(); }
	if (event.ctrlKey || event.metaKey || event.altKey || target.closest?.("input, textarea, select, [contenteditable], dialog")) return;
	const hit = "/n".includes(key) ? document.querySelector(`[data-shortcut="${key}"]`) ?? (key === "/" ? document.querySelector(".nav-filter input") : null) : null;
	if (key === "?") document.getElementById("shortcuts")?.showModal();
	else if (!hit) return;
	event.preventDefault();
	if (key === "/") { hit.focus(); hit.select(); }
	else hit?.click();
});
