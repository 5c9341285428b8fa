// A canvas that fills its box at the screen's resolution, and the marks that several charts share.

import { palette } from "./theme.js";

export class Surface {
    constructor(canvas, onResize) {
        this.canvas = canvas;
        this.context = canvas.getContext("2d");
        this.width = 0;
        this.height = 0;
        new ResizeObserver(([entry]) => {
            this.width = entry.contentRect.width;
            this.height = entry.contentRect.height;
            onResize();
        }).observe(canvas);
    }

    get ratio() {
        return Math.min(3, devicePixelRatio || 1);
    }

    /** A cleared context in CSS pixels; null while the canvas has no size. */
    begin() {
        const { canvas, context, ratio } = this;
        const width = Math.round(this.width * ratio), height = Math.round(this.height * ratio);
        if (width === 0 || height === 0) return null;
        if (canvas.width !== width || canvas.height !== height) {
            canvas.width = width;
            canvas.height = height;
        }
        context.setTransform(1, 0, 0, 1, 0, 0);
        context.clearRect(0, 0, width, height);
        context.setTransform(ratio, 0, 0, ratio, 0, 0);
        context.font = `11px ${palette().font}`;
        context.textBaseline = "middle";
        context.lineWidth = 1;
        context.setLineDash([]);
        return context;
    }
}

/** How each level is drawn: told apart by its dashes as well as by its colour. */
export function levelStyle(key) {
    const colours = palette();
    switch (key) {
        case "zero": return { colour: colours.zero, dash: [6, 4], width: 1.5 };
        case "call": return { colour: colours.plus, dash: [], width: 1.5 };
        case "put": return { colour: colours.minus, dash: [], width: 1.5 };
        case "pin": return { colour: colours.muted, dash: [1, 4], width: 1.5 };
        default: return { colour: colours.ink, dash: [], width: 1 };
    }
}

/** Moves marks apart along an axis until none covers another; keeps their order. */
export function spread(marks, gap, low, high) {
    marks.sort((a, b) => a.at - b.at);
    for (let pass = 0; pass < 8; pass++) {
        let moved = false;
        for (let i = 1; i < marks.length; i++) {
            const overlap = gap - (marks[i].at - marks[i - 1].at);
            if (overlap <= 0.01) continue;
            marks[i].at += overlap / 2;
            marks[i - 1].at -= overlap / 2;
            moved = true;
        }
        if (marks.length > 0) {
            marks[0].at = Math.max(marks[0].at, low);
            marks[marks.length - 1].at = Math.min(marks[marks.length - 1].at, high);
        }
        if (!moved) break;
    }
    return marks;
}
