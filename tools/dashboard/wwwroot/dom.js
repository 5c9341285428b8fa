// Elements made by script. Text enters as text alone, so that no symbol of a feed can become markup.

/** An element: attributes as they are written in HTML, children as nodes or text. */
export function el(tag, attributes = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
        if (value === true) node.setAttribute(name, "");
        else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
    }
    node.append(...children.filter(child => child !== null && child !== undefined));
    return node;
}

export const byId = id => document.getElementById(id);

/** Writes text only where it differs: ten times a second most of the page does not. */
export function setText(node, text) {
    if (node.lastText === text) return;
    node.lastText = text;
    // A text that is there is changed rather than replaced.
    if (node.firstChild instanceof Text && node.firstChild === node.lastChild) node.firstChild.data = text;
    else node.textContent = text;
}

export function setClass(node, name) {
    if (node.lastClass === name) return;
    node.lastClass = name;
    node.className = name;
}

export function setTitle(node, text) {
    if (node.lastTitle === text) return;
    node.lastTitle = text;
    node.title = text;
}

export function setHidden(node, hidden) {
    if (node.hidden !== hidden) node.hidden = hidden;
}

/** Class of a number by its sign. */
export const signClass = value => value > 0 ? "plus" : value < 0 ? "minus" : "";

/** A link to the page that explains a number. */
export const learn = (topic, ...children) => el("a", { href: `/learn/${topic}` }, ...children);

/** A bar to either side of the middle. */
export class Lane {
    constructor() {
        this.bar = el("i");
        this.node = el("div", { class: "lane", "aria-hidden": "true" }, this.bar);
    }

    set(value, most) {
        const share = most > 0 && Number.isFinite(value) ? Math.min(50, 50 * Math.abs(value) / most) : 0;
        const key = `${value < 0 ? "-" : "+"}${share.toFixed(1)}`;
        if (key === this.key) return;
        this.key = key;
        this.bar.className = value < 0 ? "minus" : "";
        this.bar.style.width = `${share}%`;
        this.bar.style.left = value < 0 ? `${50 - share}%` : "50%";
    }
}
