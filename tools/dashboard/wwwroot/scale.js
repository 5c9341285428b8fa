// Scales of the canvases: the window of prices that heat map and strikes share, and round numbers for axes.

/** Round numbers about a step apart that fit into a range. */
export function ticks(low, high, most) {
    const span = high - low;
    if (!(span > 0) || most < 1) return [];
    const rough = span / most, power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 2.5, 5, 10].find(factor => factor * power >= rough) * power;
    const all = [];
    for (let i = Math.ceil(low / step); i * step <= high + step * 1e-9; i++) all.push(i * step);
    return all;
}

/** The next round number up, so that an axis does not tremble with its largest bar. */
export function roundUp(value) {
    if (!(value > 0)) return 1;
    const power = 10 ** Math.floor(Math.log10(value));
    return [1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].find(factor => factor * power >= value) * power;
}

/** Prices from bottom to top. It follows spot with patience: nothing moves while spot stays in the middle. */
export class PriceWindow {
    constructor() {
        this.low = 0;
        this.high = 0;
        this.zoom = 1;
        this.center = 0;
        this.half = 0;
    }

    get isSet() {
        return this.high > this.low;
    }

    /** Prices shown at either side of the middle, unzoomed: some twenty strikes, and the levels that are not far beyond. */
    fit(view) {
        const { spot } = view, rows = view.doc.strikes;
        if (!(spot > 0)) return;
        const half = this.#wanted(view);
        const isOff = Math.abs(spot - this.center) > 0.25 * this.half * this.zoom || half > this.half * 1.02 || half < this.half * 0.6;
        if (isOff || !this.isSet) {
            this.half = half * 1.1;
            const step = rows.length > 1 ? this.half / 20 : 0;
            this.center = step > 0 ? Math.round(spot / step) * step : spot;
        }
        this.#set();
    }

    reset() {
        this.zoom = 1;
        this.high = this.low = this.half = 0;
    }

    zoomBy(factor) {
        this.zoom = Math.min(6, Math.max(0.2, this.zoom * factor));
        this.#set();
    }

    /** Pixels from the top. */
    y(price, height) {
        return height * (this.high - price) / (this.high - this.low);
    }

    price(y, height) {
        return this.high - y / height * (this.high - this.low);
    }

    #set() {
        this.low = this.center - this.half * this.zoom;
        this.high = this.center + this.half * this.zoom;
    }

    #wanted({ doc, spot, levels }) {
        const rows = doc.strikes;
        let below = 0, above = 0;
        while (below < rows.length && rows[below].strike < spot) below++;
        above = rows.length - below;
        const last = rows[Math.min(rows.length - 1, below + 19)]?.strike ?? spot, first = rows[Math.max(0, below - 20)]?.strike ?? spot;
        let half = Math.max(below > 0 ? spot - first : 0, above > 0 ? last - spot : 0, spot * 0.002);
        const reach = Math.min(half * 1.8, spot * 0.08);
        for (const level of levels) {
            const away = Math.abs(level.price - spot) * 1.08;
            if (away > half && away < reach) half = away;
        }
        return half;
    }
}
