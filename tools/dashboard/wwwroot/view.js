// What the page looks at: one snapshot through one position model and one bucket of expiries. Nothing is computed here that the
// engine has not published; the rest of the expiries by strike is the difference of two published numbers.

export class View {
    constructor(doc, model, bucket) {
        this.doc = doc;
        this.bucketName = bucket;
        this.model = doc.models[model] ? model : doc.model;
        this.section = doc.models[this.model];
        this.status = this.section.status;
        this.isLive = this.status === "Live";
        /** Hedge flow, calls and puts by strike, heat map and history are of this model alone. */
        this.isFeedModel = this.model === doc.model;
        this.bucket = this.section.buckets[bucket];
        this.buckets = this.section.buckets;
        this.pin = this.section.pin;
        this.spot = doc.spot;
        this.rows = rowsOf(doc, this.model, bucket);
    }

    /** Levels with a price, as lines to draw: key, name, price. */
    get levels() {
        const { zeroGamma, callWall, putWall } = this.bucket;
        const all = [{ key: "spot", name: "spot", price: this.spot }];
        if (!this.isLive) return all;
        if (zeroGamma.status === "Found") all.push({ key: "zero", name: "zero gamma", price: zeroGamma.value });
        if (callWall) all.push({ key: "call", name: "call wall", price: callWall.strike });
        if (putWall) all.push({ key: "put", name: "put wall", price: putWall.strike });
        if (this.pin && this.bucketName !== "exZeroDte") all.push({ key: "pin", name: "pin", price: this.pin.strike });
        return all;
    }

    /** What the bars by strike do not show as asked for, in words; empty when they do. */
    get rowsNote() {
        if (!this.isLive) return "";
        if (this.isFeedModel) return "";
        return this.bucketName === "all" ? "Strikes: net alone." : "Strikes: net alone, all expiries.";
    }
}

function rowsOf(doc, model, bucket) {
    if (doc.models[model].status !== "Live") return [];
    if (model !== doc.model) return doc.strikes.map(row => ({ strike: row.strike, net: row.models[model] ?? 0, calls: null, puts: null, row }));
    return doc.strikes.map(row => {
        const { zeroDte } = row;
        if (bucket === "zeroDte") return { strike: row.strike, net: zeroDte.netGex, calls: zeroDte.callGex, puts: zeroDte.putGex, row };
        if (bucket === "all") return { strike: row.strike, net: row.netGex, calls: row.callGex, puts: row.putGex, row };
        return {
            strike: row.strike, net: row.netGex - zeroDte.netGex, calls: row.callGex - zeroDte.callGex, puts: row.putGex - zeroDte.putGex, row,
        };
    });
}

/** Index of the row whose strike is nearest to a price; -1 when there is none. */
export function nearestRow(rows, at) {
    let low = 0, high = rows.length - 1;
    if (high < 0) return -1;
    while (low < high) {
        const middle = (low + high) >> 1;
        if (rows[middle].strike < at) low = middle + 1;
        else high = middle;
    }
    return low > 0 && at - rows[low - 1].strike < rows[low].strike - at ? low - 1 : low;
}
