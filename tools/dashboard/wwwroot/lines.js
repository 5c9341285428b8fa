// Curves, drawn by uPlot: the gamma profile against spot, and the day over time.

import { levelStyle } from "./canvas.js";
import { clock, movingPrice, price, usd, usdShort } from "./format.js";
import { fetchJson } from "./live.js";
import { onTheme, palette } from "./theme.js";
import uPlot from "./uplot.js";

/** A chart that fills its box; its options are made again for every set of series. */
class Chart {
    constructor(box, makeOptions, onSize) {
        this.box = box;
        this.makeOptions = makeOptions;
        this.onSize = onSize;
        this.plot = null;
        // Known from the observer: to ask the box for its size would lay out the whole page once more.
        this.width = 0;
        this.height = 0;
        new ResizeObserver(([entry]) => this.#resize(entry.contentRect)).observe(box);
        onTheme(() => this.plot?.redraw(false, true));
    }

    get canvas() {
        return this.plot?.ctx.canvas ?? null;
    }

    /** Draws data; a key that differs from the last one makes the chart anew. */
    show(key, data) {
        const { width, height } = this;
        if (width < 20 || height < 20) return;
        if (this.plot && key === this.key) {
            this.plot.setData(data);
            return;
        }
        this.plot?.destroy();
        this.key = key;
        this.plot = new uPlot({ width, height, ...this.makeOptions() }, data, this.box);
    }

    #resize({ width, height }) {
        this.width = Math.floor(width);
        this.height = Math.floor(height) - 2;
        if (this.width < 20 || this.height < 20) return;
        if (this.plot) this.plot.setSize({ width: this.width, height: this.height });
        else this.onSize();
    }
}

const axis = (values, size) => ({
    stroke: () => palette().muted,
    font: `11px ${palette().font}`,
    grid: { stroke: () => palette().grid, width: 1 },
    ticks: { show: false },
    gap: 4,
    size,
    values: (_, splits) => splits.map(values),
});

const cursor = { drag: { x: false, y: false }, points: { size: 6, width: 1.5 }, y: false };

/** Colour by sign: blue above zero, orange below, cut sharp where zero is. */
function bySign(plot, names, alpha) {
    const { min, max } = plot.scales.y, colours = palette();
    const paint = name => alpha === 1 ? colours[name] : colours[name].replace("rgb(", "rgba(").replace(")", `, ${alpha})`);
    if (min === undefined || min === null || max <= 0) return paint(names[1]);
    if (min >= 0) return paint(names[0]);
    const gradient = plot.ctx.createLinearGradient(0, plot.valToPos(max, "y", true), 0, plot.valToPos(min, "y", true));
    const zero = max / (max - min);
    gradient.addColorStop(0, paint(names[0]));
    gradient.addColorStop(zero, paint(names[0]));
    gradient.addColorStop(zero, paint(names[1]));
    gradient.addColorStop(1, paint(names[1]));
    return gradient;
}

/** The range of the first curve where it is in view, with zero in it: the curves beside it are cut where they are larger. */
function aroundZero([spots, values], [from, to]) {
    let low = 0, high = 0;
    for (let i = 0; i < spots.length; i++) {
        if (spots[i] < from || spots[i] > to) continue;
        low = Math.min(low, values[i]);
        high = Math.max(high, values[i]);
    }
    const margin = (high - low) * 0.06 || 1;
    return [low - margin, high + margin];
}

const VIEW = 0.07;

/** Net gamma of the book if spot were elsewhere. */
export class Profile {
    #view = null;
    #looks = "";

    constructor(box, readout, redraw) {
        this.readout = readout;
        this.chart = new Chart(box, () => this.#options(), () => {
            this.#looks = "";
            redraw();
        });
    }

    /** False when the snapshot has no profile for what is looked at. */
    show(view) {
        const profile = view.doc.profile, curves = profile?.models?.[view.model];
        const curve = curves?.[view.bucketName];
        this.#view = view;
        if (!view.isLive || !curve || !(profile.spots?.length > 1)) return false;
        // The curve is made once a second; between, only a level that has moved by a pixel or so is worth a drawing.
        const looks = `${profile.asOf} ${view.model} ${view.bucketName} ${view.levels.map(level => level.key + Math.round(level.price / view.spot * 5000))}`;
        if (looks === this.#looks) return true;
        this.#looks = looks;
        const others = ["all", "zeroDte", "exZeroDte"].filter(bucket => bucket !== view.bucketName).map(bucket => curves[bucket] ?? []);
        this.chart.show(view.bucketName, [profile.spots, curve, ...others]);
        if (!this.chart.plot || this.chart.plot.cursor.idx === null || this.chart.plot.cursor.idx === undefined) this.#say(null);
        return true;
    }

    #say(index) {
        const { data } = this.chart.plot ?? {}, view = this.#view;
        if (index !== null && data) {
            this.readout(`at ${movingPrice(data[0][index])}: ${usd(data[1][index])}`);
            return;
        }
        const { roots, rootCount } = view.bucket.zeroGamma;
        if (rootCount === 0) this.readout("no root");
        else this.readout(`${rootCount === 1 ? "root" : `${rootCount} roots`} ${roots.slice(0, 3).map(root => movingPrice(root)).join(", ")}${roots.length > 3 ? ", …" : ""}`);
    }

    // Far from spot the curve says little, and what is near it would be small.
    #around(low, high) {
        const { spot } = this.#view;
        return [Math.max(low, spot * (1 - VIEW)), Math.min(high, spot * (1 + VIEW))];
    }

    #options() {
        const thin = bucket => ({
            label: bucket, stroke: () => palette().faint, width: 1, dash: bucket === "zeroDte" ? [2, 3] : bucket === "exZeroDte" ? [6, 3] : [], points: { show: false },
        });
        const others = ["all", "zeroDte", "exZeroDte"].filter(bucket => bucket !== this.#view.bucketName);
        return {
            cursor,
            legend: { show: false },
            padding: [8, 14, 0, 0],
            scales: { x: { time: false, range: (_, low, high) => this.#around(low, high) }, y: { range: plot => aroundZero(plot.data, this.#around(-Infinity, Infinity)) } },
            axes: [{ ...axis(value => price(value), 24), space: 70 }, { ...axis(value => usdShort(value), 62), space: 34 }],
            series: [
                {},
                {
                    label: "net", width: 2, points: { show: false }, stroke: plot => bySign(plot, ["plus", "minus"], 1),
                    fill: plot => bySign(plot, ["plus", "minus"], 0.16), fillTo: () => 0,
                },
                ...others.map(thin),
            ],
            hooks: { draw: [plot => this.#marks(plot)], setCursor: [plot => this.#say(plot.cursor.idx ?? null)] },
        };
    }

    #marks(plot) {
        const view = this.#view, context = plot.ctx, ratio = uPlot.pxRatio, { left, top, width, height } = plot.bbox, colours = palette();
        context.save();
        context.beginPath();
        context.rect(left, top, width, height);
        context.clip();
        const zero = Math.round(plot.valToPos(0, "y", true)) + 0.5;
        context.strokeStyle = colours.faint;
        context.lineWidth = ratio;
        context.beginPath();
        context.moveTo(left, zero);
        context.lineTo(left + width, zero);
        context.stroke();
        for (const level of view.levels) {
            if (level.key === "zero") continue;
            const style = levelStyle(level.key), x = Math.round(plot.valToPos(level.price, "x", true)) + 0.5;
            context.strokeStyle = style.colour;
            context.lineWidth = ratio * (level.key === "spot" ? 1.5 : 1);
            context.globalAlpha = level.key === "spot" ? 1 : 0.7;
            context.setLineDash(style.dash.map(part => part * ratio));
            context.beginPath();
            context.moveTo(x, top);
            context.lineTo(x, top + height);
            context.stroke();
        }
        context.globalAlpha = 1;
        context.setLineDash([]);
        for (const root of view.bucket.zeroGamma.roots) {
            context.beginPath();
            context.arc(plot.valToPos(root, "x", true), zero, (root === view.bucket.zeroGamma.value ? 5 : 3.5) * ratio, 0, 2 * Math.PI);
            context.fillStyle = colours.panel;
            context.fill();
            context.strokeStyle = colours.zero;
            context.lineWidth = 2 * ratio;
            context.stroke();
        }
        context.restore();
    }
}

/** Columns of the server's history for what is looked at: it keeps less of the models that are not the feed's own, and of 0DTE. */
function columnsOf(view, of) {
    if (of === "levels" && !view.isFeedModel) return ["spot", `zeroGamma.${view.model}`];
    if (of === "levels" && view.bucketName === "zeroDte") return ["spot", "zeroGamma0dte", "callWall0dte", "putWall0dte", "pin"];
    if (of === "gex" && !view.isFeedModel) return [`netGex.${view.model}`];
    return DAY_VIEWS[of].columns;
}

/** What the history shows otherwise than asked for, in words. */
function columnsNote(view, of) {
    if (of === "levels") return view.isFeedModel ? view.bucketName === "exZeroDte" ? "all expiries" : "" : `${view.model}, all expiries`;
    if (of === "gex" && !view.isFeedModel) return `${view.model}, all expiries`;
    return view.isFeedModel ? "" : view.doc.model;
}

/** The name of a column without its bucket and its model. */
const plain = column => column === "netGex0dte" ? column : column.replace(/(0dte)?(\..*)?$/, "");

/** What can be shown over the day: columns of the server's history, with their names and how each is drawn. */
export const DAY_VIEWS = {
    levels: { name: "Levels", topic: "zero-gamma", columns: ["spot", "zeroGamma", "callWall", "putWall", "pin"], says: movingPrice, axis: price },
    gex: { name: "GEX", topic: "gamma-exposure", columns: ["netGex", "netGex0dte"], says: usd, axis: usdShort },
    dex: { name: "DEX", topic: "hedging", columns: ["dex"], says: usd, axis: usdShort },
    vex: { name: "VEX", topic: "vanna-and-charm", columns: ["vex"], says: usd, axis: usdShort },
    chex: { name: "CHEX", topic: "vanna-and-charm", columns: ["chex"], says: usd, axis: usdShort },
    hedge: { name: "±1 %", topic: "hedging", columns: ["hedgeDown1", "hedgeUp1"], says: usd, axis: usdShort },
};

const NAMES = {
    spot: "spot", zeroGamma: "zero gamma", callWall: "call wall", putWall: "put wall", pin: "pin", netGex: "net", netGex0dte: "0DTE", dex: "DEX", vex: "VEX", chex: "CHEX",
    hedgeDown1: "if -1 %", hedgeUp1: "if +1 %",
};
const STYLES = {
    spot: ["ink", [], 1.75], zeroGamma: ["zero", [6, 4], 1.5], callWall: ["plus", [], 1.25], putWall: ["minus", [], 1.25], pin: ["muted", [1, 4], 1.25],
    netGex: ["plus", [], 1.75], netGex0dte: ["zero", [6, 4], 1.25], dex: ["plus", [], 1.75], vex: ["plus", [], 1.75], chex: ["plus", [], 1.75],
    hedgeDown1: ["minus", [6, 3], 1.75], hedgeUp1: ["plus", [], 1.75],
};
const STEPS = new Set(["callWall", "putWall", "pin"]);
const MOST = 4000;
const TIME_STEPS = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 43200, 86400];

/** The day of a feed: what the server has kept, and what has come since. */
export class Day {
    #times = [];
    #columns = new Map();
    #crossings = [];
    #stepSeconds = 1;
    #isStale = true;
    #key = "";
    #shown = [];
    #note = "";
    #bucket = "all";

    constructor(box, readout, redraw) {
        this.readout = readout;
        this.of = "levels";
        this.chart = new Chart(box, () => this.#options(), () => {
            this.#isStale = true;
            redraw();
        });
    }

    get isEmpty() {
        return this.#times.length < 2;
    }

    clear() {
        this.#times = [];
        this.#columns.clear();
        this.#crossings = [];
        this.#isStale = true;
    }

    async load(feed) {
        const history = await fetchJson(`/api/v1/history?feed=${encodeURIComponent(feed)}&points=1200`);
        if (!history?.rows?.length) return;
        const at = history.columns.indexOf("time");
        this.#times = history.rows.map(row => row[at] / 1000);
        this.#columns = new Map(history.columns.map((name, i) => [name, history.rows.map(row => row[i])]));
        this.#crossings = history.crossings ?? [];
        const span = this.#times.at(-1) - this.#times[0];
        this.#stepSeconds = Math.max(1, span / 1200);
        this.#isStale = true;
    }

    /** Adds what a snapshot says where enough event time has passed. */
    add(doc, timeMs) {
        const time = timeMs / 1000, last = this.#times.at(-1) ?? -Infinity;
        if (time - last < this.#stepSeconds) return;
        const { all, zeroDte } = doc.buckets, flows = doc.hedgeFlow?.scenarios;
        const byModel = Object.entries(doc.models).filter(([, section]) => section.status === "Live").flatMap(([name, { buckets }]) => [
            [`netGex.${name}`, buckets.all.netGex], [`zeroGamma.${name}`, buckets.all.zeroGamma.value],
        ]);
        const now = {
            ...Object.fromEntries(byModel), zeroGamma0dte: zeroDte.zeroGamma.value, callWall0dte: zeroDte.callWall?.strike ?? null, putWall0dte: zeroDte.putWall?.strike ?? null,
            time: timeMs, spot: doc.spot, zeroGamma: all.zeroGamma.value, callWall: all.callWall?.strike ?? null, putWall: all.putWall?.strike ?? null, pin: doc.pin?.strike ?? null,
            netGex: all.netGex, netGex0dte: zeroDte.netGex, dex: all.dex, vex: all.vex, chex: all.chex, hedgeDown1: flows?.spotDown100.all.flow ?? null, hedgeUp1: flows?.spotUp100.all.flow ?? null,
        };
        this.#times.push(time);
        for (const [name, value] of Object.entries(now)) {
            if (!this.#columns.has(name)) this.#columns.set(name, new Array(this.#times.length - 1).fill(null));
            this.#columns.get(name).push(value);
        }
        for (const column of this.#columns.values()) if (column.length < this.#times.length) column.push(null);
        if (this.#times.length > MOST) {
            this.#times = this.#times.filter((_, i) => i % 2 === 0);
            for (const [name, column] of this.#columns) this.#columns.set(name, column.filter((_, i) => i % 2 === 0));
            this.#stepSeconds *= 2;
        }
        this.#isStale = true;
    }

    addCrossing(change) {
        this.#crossings.push(change);
        this.#isStale = true;
    }

    select(of) {
        this.of = of;
        this.#isStale = true;
    }

    show(view) {
        const wanted = columnsOf(view, this.of), key = `${this.of} ${view.bucketName} ${wanted}`;
        if ((!this.#isStale && key === this.#key) || this.isEmpty) return;
        this.#isStale = false;
        this.#key = key;
        this.#shown = wanted;
        this.#bucket = view.bucketName;
        this.#note = columnsNote(view, this.of);
        const columns = wanted.map(name => this.#columns.get(name) ?? new Array(this.#times.length).fill(null));
        this.chart.show(key, [this.#times, ...columns]);
        if (this.chart.plot && (this.chart.plot.cursor.idx ?? null) === null) this.#say(null);
    }

    #say(index) {
        const { says } = DAY_VIEWS[this.of], at = index ?? this.#times.length - 1;
        const parts = this.#shown.map(name => [name, this.#columns.get(name)?.[at]]).filter(([, value]) => typeof value === "number").map(([name, value]) => `${NAMES[plain(name)]} ${says(value)}`);
        this.readout([clock(this.#times[at] * 1000), ...parts, this.#note && `(${this.#note})`].filter(Boolean).join("  "));
    }

    #options() {
        const format = DAY_VIEWS[this.of].axis;
        return {
            cursor,
            legend: { show: false },
            padding: [8, 14, 0, 0],
            tzDate: seconds => uPlot.tzDate(new Date(seconds * 1000), "America/New_York"),
            scales: { x: { time: true } },
            axes: [
                { ...axis(null, 24), values: (_, splits, __, ___, step) => splits.map(second => step < 60 ? clock(second * 1000) : clock(second * 1000).slice(0, 5)), space: 70, incrs: TIME_STEPS },
                { ...axis(value => format(value), 62), space: 30 },
            ],
            series: [{}, ...this.#shown.map(column => {
                const name = plain(column), [colour, dash, width] = STYLES[name];
                return {
                    label: NAMES[name], stroke: () => palette()[colour], dash, width, points: { show: false }, spanGaps: false,
                    paths: STEPS.has(name) ? uPlot.paths.stepped({ align: 1 }) : undefined,
                };
            })],
            hooks: { draw: [plot => this.#marks(plot)], setCursor: [plot => this.#say(plot.cursor.idx ?? null)] },
        };
    }

    // Crossings of zero gamma stand as ticks at the bottom; zero as a line where there is one.
    #marks(plot) {
        const context = plot.ctx, ratio = uPlot.pxRatio, { left, top, width, height } = plot.bbox, colours = palette();
        context.save();
        if (this.of !== "levels" && plot.scales.y.min < 0 && plot.scales.y.max > 0) {
            const zero = Math.round(plot.valToPos(0, "y", true)) + 0.5;
            context.strokeStyle = colours.faint;
            context.lineWidth = ratio;
            context.beginPath();
            context.moveTo(left, zero);
            context.lineTo(left + width, zero);
            context.stroke();
        }
        context.fillStyle = colours.zero;
        for (const change of this.#crossings) {
            if ((change.bucket ?? "all") !== this.#bucket) continue;
            const x = plot.valToPos(change.time / 1000, "x", true);
            if (x < left || x > left + width) continue;
            context.beginPath();
            context.moveTo(x, top + height - 7 * ratio);
            context.lineTo(x - 4 * ratio, top + height);
            context.lineTo(x + 4 * ratio, top + height);
            context.fill();
        }
        context.restore();
    }
}
