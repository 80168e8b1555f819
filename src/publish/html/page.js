"use strict";
(() => {
  const of = (id) => document.getElementById(id);
  const root = document.documentElement;

  // Light or dark: the system's choice until somebody makes another.
  const theme = of("theme");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const shown = () => root.dataset.theme || (dark.matches ? "dark" : "light");
  const label = () => {
    const other = shown() === "dark" ? "Light" : "Dark";
    theme.textContent = other;
    theme.setAttribute("aria-label", other + " colours");
  };
  try {
    const kept = localStorage.getItem("trailsmith-theme");
    if (kept === "dark" || kept === "light") root.dataset.theme = kept;
  } catch { /* a file that may not keep anything */ }
  theme.addEventListener("click", () => {
    root.dataset.theme = shown() === "dark" ? "light" : "dark";
    try { localStorage.setItem("trailsmith-theme", root.dataset.theme); } catch { /* as above */ }
    label();
  });
  dark.addEventListener("change", label);
  label();
  theme.hidden = false;

  // Filters.
  const rules = [...document.querySelectorAll(".rule")];
  const texts = rules.map((rule) => (rule.textContent + " " + rule.dataset.techniques).toLowerCase());
  const inputs = ["search", "tactic", "severity", "folder"].map(of);
  const [search, tactic, severity, folder] = inputs;
  const open = of("open");
  const cells = [...document.querySelectorAll("[data-technique]")];
  let cell = null;

  const apply = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const pair = cell && cell.dataset.tactic + "/" + cell.dataset.technique;
    let count = 0;
    rules.forEach((rule, at) => {
      const data = rule.dataset;
      const fits = words.every((word) => texts[at].includes(word))
        && (!tactic.value || data.tactics.split(" ").includes(tactic.value))
        && (!severity.value || data.severity === severity.value)
        && (!folder.value || data.folder === folder.value)
        && (!open.checked || "gaps" in data)
        && (!pair || data.techniques.split(" ").includes(pair));
      rule.hidden = !fits;
      count += fits;
    });
    for (const one of cells) {
      if (one === cell) one.setAttribute("aria-current", "true"); else one.removeAttribute("aria-current");
    }
    const all = rules.length + (rules.length === 1 ? " rule" : " rules");
    const named = cell ? " · " + cell.dataset.technique : "";
    of("count").textContent = (count === rules.length ? all : count + " of " + all) + named;
    of("none").hidden = count > 0;
  };
  const clear = () => {
    for (const input of inputs) input.value = "";
    open.checked = false;
    cell = null;
  };
  search.addEventListener("input", apply);
  for (const input of [tactic, severity, folder, open]) input.addEventListener("change", apply);
  of("reset").addEventListener("click", () => { clear(); apply(); });
  for (const one of cells) {
    one.addEventListener("click", () => {
      const same = cell === one;
      clear();
      cell = same ? null : one;
      apply();
    });
  }
  const expand = of("expand");
  expand.addEventListener("click", () => {
    const opening = expand.textContent === "Open all";
    for (const rule of rules) if (!rule.hidden) rule.open = opening;
    expand.textContent = opening ? "Close all" : "Open all";
  });

  // A link to a rule opens it.
  const follow = () => {
    const rule = location.hash.startsWith("#rule-") && of(location.hash.slice(1));
    if (rule) { rule.open = true; rule.scrollIntoView(); }
  };
  addEventListener("hashchange", follow);
  of("filters").hidden = false;
  apply();
  follow();
})();
