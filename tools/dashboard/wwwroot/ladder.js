// Gamma by strike: a bar for the net of every strike, calls and puts behind it, and the levels as lines across.

import { Surface, levelStyle, spread } from "./canvas.js";
import { count, distance, movingPrice, price, usd, usdShort } from "./format.js";
import { roundUp, ticks } from "./scale.js";
import { palette } from "./theme.js";
import { nearestRow } from "./view.js";

const FOOT = 18;                // as deep as that of the heat map: lines go through both
const GUTTER = 62;              // prices
const NAMES = 78;               // names of the levels
const TAG = 16;

export class Ladder {
    #left = 1;
    #right = 1;

    constructor(canvas, priceWindow, redraw) {
        this.window = priceWindow;
        this.surface = new Surface(canvas, redraw);
    }

    /** The row at a height of the canvas; null outside. */
    rowAt(view, y) {
        const height = this.#height;
        if (y < 0 || y > height || view.rows.length === 0) return null;
        return view.rows[nearestRow(view.rows, this.window.price(y, height))];
    }

    y(strike) {
        return this.window.y(strike, this.#height);
    }

    draw(view, hover) {
        const context = this.surface.begin();
        if (!context || !this.window.isSet) return;
        const colours = palette(), width = this.surface.width, height = this.#height, { low, high } = this.window;
        const rows = view.rows.filter(row => row.strike >= low && row.strike <= high);
        const x = this.#scale(rows, width);
        this.#drawGrid(context, colours, x, width, height);
        const thickness = this.#thickness(rows, height);
        if (hover) {
            context.fillStyle = colours.raised;
            context.fillRect(GUTTER, this.y(hover.strike) - thickness / 2 - 2, width - GUTTER, thickness + 4);
        }
        const soft = new Path2D(), softMinus = new Path2D(), edges = new Path2D(), plus = new Path2D(), minus = new Path2D();
        for (const row of rows) {
            const top = this.window.y(row.strike, height) - thickness / 2;
            if (row.calls !== null) {
                // Where calls and puts have the same sign the puts go on where the calls end.
                const start = Math.sign(row.calls) === Math.sign(row.puts) ? row.calls : 0;
                bar(row.calls < 0 ? softMinus : soft, x(0), x(row.calls), top, thickness);
                bar(row.puts < 0 ? softMinus : soft, x(start), x(start + row.puts), top, thickness);
                if (thickness >= 5 && Math.abs(x(start + row.puts) - x(start)) > 2) outline(edges, x(start), x(start + row.puts), top, thickness);
            }
            const inner = row.calls === null ? thickness : Math.max(1.5, thickness * 0.5);
            bar(row.net < 0 ? minus : plus, x(0), x(row.net), top + (thickness - inner) / 2, inner);
        }
        context.fillStyle = colours["plus-soft"];
        context.fill(soft);
        context.fillStyle = colours["minus-soft"];
        context.fill(softMinus);
        context.strokeStyle = colours.faint;
        context.globalAlpha = 0.7;
        context.stroke(edges);
        context.globalAlpha = 1;
        context.fillStyle = colours.plus;
        context.fill(plus);
        context.fillStyle = colours.minus;
        context.fill(minus);
        context.fillStyle = colours.faint;
        context.fillRect(Math.round(x(0)), 0, 1, height);
        this.#drawPrices(context, colours, view, width, height);
    }

    get #height() {
        return Math.max(1, this.surface.height - FOOT);
    }

    #scale(rows, width) {
        let left = 0, right = 0;
        for (const { net, calls, puts } of rows) {
            left = Math.min(left, net, calls ?? 0, puts ?? 0, (calls ?? 0) < 0 && (puts ?? 0) < 0 ? calls + puts : 0);
            right = Math.max(right, net, calls ?? 0, puts ?? 0, (calls ?? 0) > 0 && (puts ?? 0) > 0 ? calls + puts : 0);
        }
        // One scale for both sides; a side without bars gives its room to the other.
        const most = roundUp(Math.max(-left, right)), steady = side => side === 0 ? most * 0.06 : Math.max(roundUp(Math.abs(side)), most * 0.25);
        this.#left = steady(left);
        this.#right = steady(right);
        const inner = width - GUTTER - NAMES - 6, unit = inner / (this.#left + this.#right), zero = GUTTER + 4 + this.#left * unit;
        return value => zero + value * unit;
    }

    #thickness(rows, height) {
        let least = 18;
        for (let i = 1; i < rows.length; i++) least = Math.min(least, this.window.y(rows[i - 1].strike, height) - this.window.y(rows[i].strike, height));
        return Math.max(1.5, Math.min(18, Math.round(least * 0.76 * 2) / 2));
    }

    #drawGrid(context, colours, x, width, height) {
        context.strokeStyle = colours.grid;
        context.beginPath();
        context.fillStyle = colours.muted;
        context.textAlign = "center";
        const most = Math.max(2, Math.floor((width - GUTTER - NAMES) / 64));
        for (const value of ticks(-this.#left, this.#right, most)) {
            const at = Math.round(x(value)) + 0.5;
            context.moveTo(at, 0);
            context.lineTo(at, height);
            if (at > GUTTER + 14 && at < width - 20) context.fillText(usdShort(value), at, height + FOOT / 2 + 1);
        }
        context.stroke();
    }

    #drawPrices(context, colours, view, width, height) {
        const marks = [];
        for (const level of view.levels) {
            const at = this.window.y(level.price, height);
            const isBeyond = at < 0 || at > height;
            marks.push({ ...level, line: at, isBeyond, at: Math.min(height - TAG / 2, Math.max(TAG / 2, at)) });
        }
        for (const mark of marks) {
            if (mark.isBeyond) continue;
            const style = levelStyle(mark.key), y = Math.round(mark.line) + 0.5;
            context.strokeStyle = style.colour;
            context.lineWidth = style.width;
            context.globalAlpha = mark.key === "spot" ? 0.9 : 0.75;
            context.setLineDash(style.dash);
            context.beginPath();
            context.moveTo(GUTTER - 4, y);
            context.lineTo(width - NAMES, y);
            context.stroke();
        }
        context.globalAlpha = 1;
        context.setLineDash([]);
        context.lineWidth = 1;
        spread(marks, TAG + 1, TAG / 2, height - TAG / 2);
        context.textAlign = "right";
        context.fillStyle = colours.muted;
        for (const tick of ticks(this.window.low, this.window.high, height / 30)) {
            const y = this.window.y(tick, height);
            if (y < 6 || y > height - 6 || marks.some(mark => Math.abs(mark.at - y) < TAG - 1)) continue;
            context.fillText(price(tick), GUTTER - 8, y);
        }
        for (const mark of marks) {
            const style = levelStyle(mark.key), isSpot = mark.key === "spot";
            const text = isSpot || mark.key === "zero" ? movingPrice(mark.price) : price(mark.price);
            context.fillStyle = isSpot ? colours.ink : colours.panel;
            context.beginPath();
            context.roundRect(2, mark.at - TAG / 2, GUTTER - 6, TAG, 2);
            context.fill();
            if (!isSpot) {
                context.strokeStyle = style.colour;
                context.stroke();
            }
            context.fillStyle = isSpot ? colours.panel : style.colour === colours.muted ? colours.ink : style.colour;
            context.textAlign = "right";
            context.fillText(text, GUTTER - 8, mark.at + 0.5);
            context.textAlign = "left";
            context.fillStyle = style.colour;
            context.strokeStyle = style.colour;
            context.globalAlpha = 0.6;
            context.beginPath();
            context.moveTo(width - NAMES, mark.isBeyond ? mark.at : Math.round(mark.line) + 0.5);
            context.lineTo(width - NAMES + 6, mark.at);
            context.stroke();
            context.globalAlpha = 1;
            context.fillText(mark.isBeyond ? `${mark.name} ${mark.line < 0 ? "↑" : "↓"}` : mark.name, width - NAMES + 9, mark.at + 0.5);
        }
    }
}

function bar(path, from, to, top, thickness) {
    const width = Math.abs(to - from);
    if (width >= 0.25) path.rect(Math.min(from, to), top, Math.max(width, 0.75), thickness);
}

function outline(path, from, to, top, thickness) {
    path.rect(Math.round(Math.min(from, to)) + 0.5, Math.round(top) + 0.5, Math.round(Math.abs(to - from)) - 1, Math.max(1, Math.round(thickness) - 1));
}

/** What a strike says, in pairs. */
export function strikeTip(view, row) {
    const pairs = [[price(row.strike), distance(row.strike, view.spot)], ["net", usd(row.net)]];
    if (row.calls !== null) pairs.push(["calls", usd(row.calls)], ["puts", usd(row.puts)]);
    if (view.bucketName === "all" && view.isFeedModel) pairs.push(["of it 0DTE", usd(row.row.zeroDte.netGex)]);
    pairs.push(["open calls", count(row.row.callOpenInterest)], ["open puts", count(row.row.putOpenInterest)]);
    if (view.isFeedModel) pairs.push(["charm to close", usd(row.row.charmToClose)], ["trades today", usd(row.row.tradeFlow)]);
    return pairs;
}
