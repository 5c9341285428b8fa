// Light or dark: as the system has it, unless one was chosen. Canvases read their colours from the style sheet through here.

const NAMES = ["bg", "panel", "raised", "line", "grid", "ink", "muted", "faint", "plus", "minus", "plus-soft", "minus-soft", "zero", "warn"];
const CHOICES = ["auto", "dark", "light"];
const listeners = [];
const system = matchMedia("(prefers-color-scheme: light)");
let choice = recall("theme") ?? "auto";
let colours = null;

/** A setting of this browser; null where there is none or none may be kept. */
export function recall(name) {
    try {
        return localStorage.getItem(`dealerflow.${name}`);
    } catch {
        return null;
    }
}

export function remember(name, value) {
    try {
        localStorage.setItem(`dealerflow.${name}`, value);
    } catch {
        // A browser that keeps nothing shows the same page.
    }
}

/** The colours in force, by their names in the style sheet. */
export function palette() {
    if (colours) return colours;
    const probe = document.createElement("span");
    document.body.append(probe);
    colours = {};
    for (const name of NAMES) {
        probe.style.color = `var(--${name})`;
        colours[name] = getComputedStyle(probe).color;
    }
    probe.remove();
    colours.font = getComputedStyle(document.body).fontFamily;
    return colours;
}

/** A colour of the palette as three numbers. */
export const rgb = colour => colour.match(/[\d.]+/g).slice(0, 3).map(Number);

/** Calls back after every change of colours. */
export const onTheme = listener => listeners.push(listener);

export const themeChoice = () => choice;

/** Goes on to the next choice: as the system, dark, light. */
export function nextTheme() {
    choice = CHOICES[(CHOICES.indexOf(choice) + 1) % CHOICES.length];
    remember("theme", choice);
    apply();
}

function apply() {
    if (choice === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = choice;
    colours = null;
    for (const listener of listeners) listener();
}

system.addEventListener("change", apply);
apply();
