// Price × time: the gamma of every strike as colour, and the path of spot on top. Cells are what was published: none is smoothed.

import { Surface, levelStyle } from "./canvas.js";
import { clock, price, usd, usdShort } from "./format.js";
import { fetchJson } from "./live.js";
import { palette, rgb } from "./theme.js";

const FOOT = 18;
const SHADES = 256;
const REACH = 0.08;             // strikes that are kept about spot, as the server does

export class Heat {
    #times = [];                // ms of event time, rising
    #columns = [];              // net gamma by strike, one array per time
    #spots = [];
    #strikes = [];
    #places = new Map();
    #stepMs = 1000;
    #gapMs = 3000;              // without a column for so long there is no colour
    #isStale = true;            // the image does not show the columns
    #image = document.createElement("canvas");
    #shown = "";
    #looks = "";
    #most = 0;
    #shades = null;

    constructor(canvas, priceWindow, redraw) {
        this.window = priceWindow;
        this.surface = new Surface(canvas, () => {
            this.#isStale = true;
            redraw();
        });
    }

    get isEmpty() {
        return this.#times.length < 2;
    }

    get lastTime() {
        return this.#times.at(-1) ?? -Infinity;
    }

    clear() {
        this.#times = [];
        this.#columns = [];
        this.#spots = [];
        this.#strikes = [];
        this.#isStale = true;
    }

    recolour() {
        this.#shades = null;
        this.#isStale = true;
    }

    /** What the server has kept of the day. */
    async load(feed) {
        const columns = Math.max(120, Math.min(900, Math.round(this.surface.width || 600)));
        const heat = await fetchJson(`/api/v1/heat?feed=${encodeURIComponent(feed)}&columns=${columns}`);
        if (!heat || !(heat.times?.length > 0)) return;
        this.#times = heat.times;
        this.#columns = heat.netGex;
        this.#spots = heat.spot;
        this.#setStrikes(heat.strikes);
        this.#stepMs = Math.max(1000, this.#usualGap());
        this.#isStale = true;
    }

    /** Adds the column of a snapshot where enough event time has passed. */
    add(doc, time) {
        if (time - this.lastTime < this.#stepMs) return;
        if (this.#strikes.length === 0) this.#setStrikes(doc.strikes.map(row => row.strike).filter(strike => Math.abs(strike / doc.spot - 1) <= REACH));
        const column = new Array(this.#strikes.length).fill(0);
        for (const row of doc.strikes) {
            const place = this.#places.get(row.strike);
            if (place !== undefined) column[place] = row.netGex;
        }
        this.#times.push(time);
        this.#columns.push(column);
        this.#spots.push(doc.spot);
        this.#isStale = true;
    }

    /** Time and strike of a place on the canvas. */
    at(x, y) {
        const { width, height } = this.#plot;
        if (this.isEmpty || y > height) return null;
        const time = this.#start + x / width * (this.#end - this.#start);
        const column = this.#columnAt(time), wanted = this.window.price(y, height), place = this.#strikeAt(wanted);
        if (column < 0 || place < 0) return null;
        return { time: this.#times[column], strike: this.#strikes[place], net: this.#columns[column][place], spot: this.#spots[column] };
    }

    get legend() {
        return this.#most > 0 ? usdShort(this.#most) : "";
    }

    draw(view, hover) {
        if (!this.window.isSet) return;
        const colours = palette(), { width, height } = this.#plot;
        // Most snapshots move nothing here by half a pixel.
        const at = price => Math.round(this.window.y(price, height) * 2);
        const looks = `${width} ${height} ${this.window.low} ${this.window.high} ${hover?.strike} ${hover?.x} ${view.levels.map(level => level.key + at(level.price))}`;
        if (!this.#isStale && looks === this.#looks) return;
        const context = this.surface.begin();
        if (!context) return;
        this.#looks = looks;
        if (!this.isEmpty) {
            this.#paint(width, height);
            context.drawImage(this.#image, 0, 0, width, height);
            this.#drawTimes(context, colours, width, height);
        }
        this.#isStale = false;
        context.save();
        context.beginPath();
        context.rect(0, 0, width, height);
        context.clip();
        for (const level of view.levels) {
            if (level.key === "spot") continue;
            const style = levelStyle(level.key), y = Math.round(this.window.y(level.price, height)) + 0.5;
            context.strokeStyle = style.colour;
            context.globalAlpha = 0.75;
            context.setLineDash(style.dash);
            context.beginPath();
            context.moveTo(0, y);
            context.lineTo(width, y);
            context.stroke();
        }
        context.globalAlpha = 1;
        context.setLineDash([]);
        if (!this.isEmpty) this.#drawSpot(context, colours, width, height, view.spot);
        if (hover) {
            const y = this.window.y(hover.strike, height);
            context.strokeStyle = colours.ink;
            context.globalAlpha = 0.5;
            context.beginPath();
            context.moveTo(0, Math.round(y) + 0.5);
            context.lineTo(width, Math.round(y) + 0.5);
            if (hover.x !== undefined) {
                context.moveTo(Math.round(hover.x) + 0.5, 0);
                context.lineTo(Math.round(hover.x) + 0.5, height);
            }
            context.stroke();
        }
        context.restore();
    }

    get #plot() {
        return { width: this.surface.width, height: Math.max(1, this.surface.height - FOOT) };
    }

    get #start() {
        return this.#times[0];
    }

    get #end() {
        return Math.max(this.#times.at(-1) + this.#stepMs, this.#start + 10 * this.#stepMs);
    }

    #setStrikes(strikes) {
        this.#strikes = strikes;
        this.#places = new Map(strikes.map((strike, place) => [strike, place]));
    }

    #usualGap() {
        const gaps = this.#times.slice(1).map((time, i) => time - this.#times[i]).sort((a, b) => a - b);
        return gaps[gaps.length >> 1] ?? 0;
    }

    #columnAt(time) {
        const times = this.#times;
        let low = 0, high = times.length - 1;
        while (low < high) {
            const middle = (low + high + 1) >> 1;
            if (times[middle] <= time) low = middle;
            else high = middle - 1;
        }
        // Where nothing was published for long there is no colour.
        return time - times[low] > this.#gapMs || time < times[low] ? -1 : low;
    }

    #strikeAt(wanted) {
        const strikes = this.#strikes;
        let low = 0, high = strikes.length - 1;
        if (high < 1) return high;
        while (low < high) {
            const middle = (low + high) >> 1;
            if (strikes[middle] < wanted) low = middle + 1;
            else high = middle;
        }
        if (low > 0 && wanted - strikes[low - 1] < strikes[low] - wanted) low--;
        const step = low > 0 ? strikes[low] - strikes[low - 1] : strikes[1] - strikes[0];
        return Math.abs(strikes[low] - wanted) <= Math.max(step, (strikes[low + 1] ?? strikes[low]) - strikes[low]) * 0.51 ? low : -1;
    }

    #paint(width, height) {
        const ratio = this.surface.ratio, across = Math.round(width * ratio), down = Math.round(height * ratio);
        const shown = `${across} ${down} ${this.window.low} ${this.window.high}`;
        if (!this.#isStale && shown === this.#shown) return;
        this.#shown = shown;
        this.#shades ??= shades();
        this.#scale();
        this.#gapMs = 3 * Math.max(this.#stepMs, this.#usualGap());
        this.#image.width = across;
        this.#image.height = down;
        const context = this.#image.getContext("2d"), image = context.createImageData(across, down), cells = new Uint32Array(image.data.buffer);
        const columns = new Int32Array(across), span = this.#end - this.#start;
        for (let x = 0; x < across; x++) columns[x] = this.#columnAt(this.#start + (x + 0.5) / across * span);
        let placeBefore = -2, rowBefore = 0;
        for (let y = 0; y < down; y++) {
            const place = this.#strikeAt(this.window.price((y + 0.5) / ratio, height)), start = y * across;
            if (place === placeBefore) {
                cells.copyWithin(start, rowBefore, rowBefore + across);
                continue;
            }
            placeBefore = place;
            rowBefore = start;
            if (place < 0) continue;
            for (let x = 0; x < across; x++) {
                const column = columns[x];
                if (column < 0) continue;
                const value = this.#columns[column][place];
                const strength = Math.min(1, (Math.abs(value) / this.#most) ** 0.75) * (SHADES / 2 - 1);
                cells[start + x] = this.#shades[SHADES / 2 + Math.round(value < 0 ? -strength : strength)];
            }
        }
        context.putImageData(image, 0, 0);
    }

    // The strongest colour stands for the second strongest of a hundred cells in view, so that one strike does not pale the rest.
    #scale() {
        const sizes = [], every = Math.max(1, Math.floor(this.#columns.length / 40));
        for (let column = this.#columns.length - 1; column >= 0; column -= every) {
            for (let place = 0; place < this.#strikes.length; place++) {
                if (this.#strikes[place] >= this.window.low && this.#strikes[place] <= this.window.high) sizes.push(Math.abs(this.#columns[column][place]));
            }
        }
        sizes.sort((a, b) => a - b);
        const most = sizes[Math.floor(sizes.length * 0.98)] || 1;
        if (most > this.#most || most < this.#most * 0.6) this.#most = most;
    }

    #drawTimes(context, colours, width, height) {
        const span = this.#end - this.#start, steps = [1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200].map(s => s * 1000);
        const step = steps.find(candidate => span / candidate <= Math.max(2, width / 90)) ?? steps.at(-1);
        context.fillStyle = colours.muted;
        context.textAlign = "center";
        for (let time = Math.ceil(this.#start / step) * step; time < this.#end; time += step) {
            const x = (time - this.#start) / span * width;
            if (x < 26 || x > width - 26) continue;
            context.fillText(step < 60_000 ? clock(time) : clock(time).slice(0, 5), x, height + FOOT / 2 + 1);
            context.fillRect(Math.round(x), height, 1, 3);
        }
    }

    #drawSpot(context, colours, width, height, spotNow) {
        const span = this.#end - this.#start;
        const path = new Path2D();
        let isDown = false;
        for (let i = 0; i < this.#times.length; i++) {
            const x = (this.#times[i] - this.#start) / span * width, y = this.window.y(this.#spots[i], height);
            if (isDown) path.lineTo(x, y);
            else path.moveTo(x, y);
            isDown = true;
        }
        const lastX = (this.#times.at(-1) - this.#start) / span * width, y = this.window.y(spotNow, height);
        path.lineTo(lastX + (this.#stepMs / span) * width, y);
        context.lineJoin = "round";
        context.strokeStyle = colours.panel;
        context.lineWidth = 4;
        context.stroke(path);
        context.strokeStyle = colours.ink;
        context.lineWidth = 1.75;
        context.stroke(path);
        context.lineWidth = 1;
    }
}

/** What a cell of the map says, in pairs. */
export const heatTip = cell => [
    [price(cell.strike), clock(cell.time)], ["net gamma", usd(cell.net)], ["spot then", price(cell.spot)],
];

// Two ramps from the colour of the panel: to blue above zero, to orange below; with steps in lightness, for eyes that see no hue.
function shades() {
    const colours = palette(), from = rgb(colours.panel), plus = rgb(colours.plus), minus = rgb(colours.minus);
    const all = new Uint32Array(SHADES);
    for (let i = 0; i < SHADES; i++) {
        const strength = Math.abs(i - SHADES / 2) / (SHADES / 2), to = i >= SHADES / 2 ? plus : minus;
        const [red, green, blue] = from.map((channel, c) => Math.round(channel + (to[c] - channel) * strength * 0.92));
        all[i] = (255 << 24 | blue << 16 | green << 8 | red) >>> 0;
    }
    return all;
}
