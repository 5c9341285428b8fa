// The strip of key levels and the tables. Each is built once; a snapshot changes only the text that differs.

import { Lane, el, learn, setClass, setHidden, setText, setTitle, signClass } from "./dom.js";
import { NONE, age, clock, count, distance, instant, millis, movingPrice, percent, price, usd } from "./format.js";
import { BUCKETS, MODELS, ROLL_OFFS, SCENARIOS, TRADES, doubts, lacks, pin as pinSays, regime, regimeWord, zeroGamma } from "./words.js";

const BUCKET_NAMES = Object.keys(BUCKETS);

/** A panel's header. */
function head(panel, title, note = "") {
    const noteNode = el("span", { class: "note" }, note);
    panel.append(el("header", {}, el("h2", {}, title), noteNode));
    return noteNode;
}

/** A table with named columns, the first of which names the rows. A column without a name holds bars. */
function table(columns, widths = [], kind = "") {
    const body = el("tbody");
    const headers = columns.map((column, i) => el("th", { scope: "col", "aria-hidden": column === "" && i > 0 ? "true" : null }, column));
    const groups = columns.map((_, i) => {
        const column = el("col");
        if (widths[i]) column.style.width = widths[i];
        return column;
    });
    return { node: el("table", { class: kind }, el("colgroup", {}, ...groups), el("thead", {}, el("tr", {}, ...headers)), body), body, headers };
}

function row(body, name, cells, attributes = {}) {
    const nodes = Array.from({ length: cells }, () => el("td"));
    const line = el("tr", attributes, el("th", { scope: "row" }, name), ...nodes);
    body.append(line);
    return { line, nodes };
}

/** What a trader looks at first. */
export class Strip {
    constructor(node) {
        this.node = node;
        this.spot = this.#card("spot", el("span", {}, "Spot"));
        this.regime = this.#card("regime", learn("positive-and-negative-gamma", "Regime"));
        this.zero = this.#card("", learn("zero-gamma", "Zero gamma"), "zero");
        this.put = this.#card("", learn("walls", "Put wall"), "put");
        this.call = this.#card("", learn("walls", "Call wall"), "call");
        this.pin = this.#card("", learn("pinning", "0DTE pin"), "pin");
        this.net = this.#card("", learn("gamma-exposure", "Net GEX"));
        this.share = this.#card("", learn("zero-dte", "0DTE of gross"));
        for (const [name, card] of Object.entries({ spot: this.spot, regime: this.regime, zeroGamma: this.zero, putWall: this.put, callWall: this.call, pin: this.pin, netGex: this.net, share: this.share }))
            card.value.id = `value-${name}`;
    }

    #card(kind, name, key) {
        const value = el("div", { class: "value" }, NONE), sub = el("div", { class: "sub" }, " ");
        const node = el("div", { class: `card ${kind}` }, el("div", { class: "name" }, key ? el("i", { class: `key ${key}`, "aria-hidden": "true" }) : null, name), value, sub);
        this.node.append(node);
        return { node, value, sub };
    }

    update(view) {
        const { doc, bucket, spot } = view, says = regime(bucket, view.status);
        set(this.spot, movingPrice(spot), doc.spotSource === "Quoted" ? doc.underlying : doc.spotSource === "Inferred" ? "inferred by parity" : "the last one known");
        setTitle(this.spot.value, price(spot));
        set(this.regime, says.mark ? `${says.mark} ${says.word}` : says.word, says.says);
        this.regime.node.dataset.key = says.key;
        this.#zeroGamma(view);
        this.#wall(this.put, view, bucket.putWall);
        this.#wall(this.call, view, bucket.callWall);
        const pin = view.isLive && view.bucketName !== "exZeroDte" ? view.pin : null;
        set(this.pin, pin ? price(pin.strike) : NONE, pin ? `${distance(pin.strike, spot)}, probability ${percent(pin.probability)}` : "none");
        setTitle(this.pin.sub, pin ? pinSays(pin) : "");
        set(this.net, view.isLive ? usd(bucket.netGex) : NONE, view.isLive ? `of gross ${usd(bucket.grossGex).replace(/^\+/, "")}` : " ");
        setClass(this.net.value, `value ${view.isLive ? signClass(bucket.netGex) : ""}`);
        const { all, zeroDte } = view.buckets;
        set(this.share, view.isLive && all.grossGex > 0 ? percent(zeroDte.grossGex / (zeroDte.grossGex + view.buckets.exZeroDte.grossGex)) : NONE, view.isLive ? `net ${usd(zeroDte.netGex)}` : " ");
    }

    #zeroGamma({ bucket, isLive, spot }) {
        const level = bucket.zeroGamma;
        if (!isLive) {
            set(this.zero, NONE, " ");
            return;
        }
        const isFound = level.status === "Found", more = level.rootCount > 1 ? `, 1 of ${level.rootCount}` : "";
        set(this.zero, isFound ? movingPrice(level.value) : "none", isFound ? `${distance(level.value, spot)}${more}` : level.status === "None" && level.sign ? `${level.sign > 0 ? "positive" : "negative"} throughout` : " ");
        setTitle(this.zero.sub, isFound && level.conditioning !== null ? `It moves by ${movingPrice(level.conditioning * 1e9)} if ${usd(1e9)} of gamma exposure is added.` : "");
    }

    #wall(card, { isLive, spot }, level) {
        const there = isLive && level;
        set(card, there ? price(level.strike) : NONE, there ? `${distance(level.strike, spot)}, ${usd(level.gex)}` : "none");
        setTitle(card.sub, there ? `Margin to the second, ${price(level.runnerUp)}: ${percent(level.margin)}. A small margin means that the wall may jump.` : "");
    }
}

function set(card, value, sub) {
    setText(card.value, value);
    setText(card.sub, sub);
}

/** Totals: 0DTE beside the rest. */
export class Exposures {
    static rows = [
        ["Net GEX", "gamma-exposure", bucket => bucket.netGex], ["Gross GEX", "gamma-exposure", bucket => bucket.grossGex],
        ["Delta, DEX", "hedging", bucket => bucket.dex], ["Vanna, VEX", "vanna-and-charm", bucket => bucket.vex], ["Charm, CHEX", "vanna-and-charm", bucket => bucket.chex],
        ["Charm to close", "vanna-and-charm", bucket => bucket.charmToClose],
    ];
    static words = [
        ["Regime", "positive-and-negative-gamma", regimeWord], ["Zero gamma", "zero-gamma", bucket => zeroGamma(bucket.zeroGamma)],
        ["Put wall", "walls", bucket => price(bucket.putWall?.strike)], ["Call wall", "walls", bucket => price(bucket.callWall?.strike)],
        ["Squeeze gain", "gamma-squeeze", bucket => bucket.squeezeGain === null ? NONE : bucket.squeezeGain.toFixed(3)],
    ];
    static units = {
        "Net GEX": "USD per 1 % move of the underlying", "Gross GEX": "USD per 1 % move of the underlying", "Delta, DEX": "USD", "Vanna, VEX": "USD of delta per point of volatility",
        "Charm, CHEX": "USD of delta per calendar day", "Squeeze gain": "Hedging that a move of 1 % calls for, against what moves the underlying by as much; needs --liquidity USD of the program that feeds the page",
        "Charm to close": "USD of delta from now to the day's close, at unchanged spot and volatility",
    };

    constructor(panel) {
        head(panel, learn("zero-dte", "Exposures: 0DTE versus the rest"), "USD");
        const { node, body, headers } = table(["", "all", "0DTE", "rest"]);
        this.headers = headers;
        this.lines = [...Exposures.rows, ...Exposures.words].map(([name, topic, value], i) => {
            const { line, nodes } = row(body, learn(topic, name), 3);
            line.title = Exposures.units[name] ?? "";
            return { line, nodes, value, isNumber: i < Exposures.rows.length, isSigned: i === 0 };
        });
        this.squeeze = this.lines.at(-1).line;
        this.bars = BUCKET_NAMES.slice(1).map(() => el("i"));
        this.under = [el("span"), el("span")];
        panel.append(node, el("div", { class: "share", "aria-hidden": "true" }, ...this.bars), el("div", { class: "under" }, ...this.under));
    }

    update(view) {
        BUCKET_NAMES.forEach((bucket, i) => {
            setClass(this.headers[i + 1], bucket === view.bucketName ? "chosen" : "");
            for (const { nodes, value, isNumber, isSigned } of this.lines) {
                const found = value(view.buckets[bucket]);
                setText(nodes[i], !view.isLive ? NONE : isNumber ? usd(found) : found);
                setClass(nodes[i], `${bucket === view.bucketName ? "chosen " : ""}${isSigned && view.isLive ? signClass(found) : ""}`);
            }
        });
        setHidden(this.squeeze, view.buckets.all.squeezeGain === null);
        const { zeroDte, exZeroDte } = view.buckets, both = zeroDte.grossGex + exZeroDte.grossGex, share = both > 0 ? zeroDte.grossGex / both : 0;
        this.bars[0].style.width = `${(100 * share).toFixed(1)}%`;
        this.bars[1].style.width = `calc(${(100 - 100 * share).toFixed(1)}% - 1px)`;
        setText(this.under[0], `0DTE ${both > 0 ? percent(share) : NONE} of gross gamma`);
        setText(this.under[1], `the rest ${both > 0 ? percent(1 - share) : NONE}`);
    }
}

/** What dealers would have to trade. */
export class Hedge {
    constructor(panel) {
        this.note = head(panel, learn("hedging", "Hedge flow"), "USD, + = dealers buy");
        const { node, body } = table(["if", "flow", "", "of it 0DTE"], ["126px", "92px", "", "92px"]);
        this.lines = Object.entries(SCENARIOS).map(([key, name]) => {
            const { line, nodes } = row(body, name, 3, { class: key.endsWith("100") ? "strong" : "" }), lane = new Lane();
            nodes[1].append(lane.node);
            line.dataset.scenario = key;
            return { key, line, nodes, lane };
        });
        this.empty = el("p", { class: "empty", hidden: true });
        this.table = node;
        panel.append(node, this.empty);
    }

    update({ doc }) {
        const flow = doc.hedgeFlow;
        setHidden(this.table, !flow);
        setHidden(this.empty, Boolean(flow));
        if (!flow) {
            setText(this.note, "");
            setText(this.empty, doc.model === "Gross" ? "Positions without a sign say nothing of who would buy." : "Not computed yet.");
            return;
        }
        setText(this.note, `USD, + = dealers buy; ${MODELS[doc.model]?.short ?? doc.model}, ${clock(millis(flow.asOf))}`);
        setTitle(this.note, `The whole book of model ${doc.model} repriced at ${movingPrice(flow.spot)}`);
        const most = Math.max(1, ...Object.values(flow.scenarios).map(scenario => Math.abs(scenario?.all.flow ?? 0)));
        for (const { key, line, nodes, lane } of this.lines) {
            const scenario = flow.scenarios[key];
            setText(nodes[0], usd(scenario?.all.flow));
            setClass(nodes[0], signClass(scenario?.all.flow));
            setText(nodes[2], usd(scenario?.zeroDte.flow));
            lane.set(scenario?.all.flow, most);
            if (scenario) setTitle(line, `gamma ${usd(scenario.all.gamma)}, vanna ${usd(scenario.all.vanna)}, charm ${usd(scenario.all.charm)}, the rest of the repricing ${usd(scenario.all.residual)}`);
        }
    }
}

/** The position models side by side, and how far the levels spread over them. */
export class Compare {
    constructor(panel, choose) {
        this.note = head(panel, learn("what-data-cannot-tell", "Position models"), "each is another guess at what dealers hold");
        const { node, body } = table(["", "net GEX", "zero gamma", "put wall", "call wall", "pin"], ["74px", "86px", "", "46px", "48px", "50px"], "dense");
        this.lines = Object.keys(MODELS).map(model => {
            const button = el("button", { type: "button", class: "plain", title: `${model}: ${MODELS[model].says}` }, MODELS[model].short);
            button.addEventListener("click", () => choose(model));
            return { model, ...row(body, button, 5) };
        });
        panel.append(node);
    }

    update(view) {
        const { doc } = view;
        for (const { model, line, nodes } of this.lines) {
            const section = doc.models[model], all = section?.buckets[view.bucketName];
            setClass(line, model === view.model ? "chosen" : "");
            if (!section || section.status !== "Live") {
                setText(nodes[0], NONE);
                setText(nodes[1], section ? lacks(section.status) : NONE);
                setClass(nodes[1], "faint");
                for (const node of nodes.slice(2)) setText(node, NONE);
                continue;
            }
            setText(nodes[0], usd(all.netGex));
            setClass(nodes[0], signClass(all.netGex));
            setText(nodes[1], zeroGamma(all.zeroGamma).replace("negative", "neg.").replace("positive", "pos."));
            setClass(nodes[1], "");
            setText(nodes[2], price(all.putWall?.strike));
            setText(nodes[3], price(all.callWall?.strike));
            setText(nodes[4], view.bucketName === "exZeroDte" ? NONE : price(section.pin?.strike));
        }
        setText(this.note, `${BUCKETS[view.bucketName].toLowerCase()}; each is another guess`.replace("0dte", "0DTE"));
    }
}

/** How far the levels spread: over the position models, and over books at bid, middle and ask. */
export class Bands {
    static levels = [["zeroGamma", "zero gamma", "zero-gamma"], ["putWall", "put wall", "walls"], ["callWall", "call wall", "walls"], ["pin", "pin", "pinning"]];

    constructor(panel) {
        this.note = head(panel, learn("what-data-cannot-tell", "Band over the models"), "");
        const { node, body } = table(["", "low", "", "high"], ["90px", "92px", "", "100px"]);
        this.net = row(body, learn("gamma-exposure", "net GEX"), 3);
        this.netRange = new Range();
        this.net.nodes[1].append(this.netRange.node);
        this.lines = Bands.levels.map(([key, name, topic]) => {
            const line = row(body, learn(topic, name), 3), range = new Range();
            line.nodes[1].append(range.node);
            return { key, ...line, range };
        });
        this.quotes = el("p", { class: "under" });
        panel.append(node, this.quotes);
    }

    update(view) {
        const { doc, spot } = view, models = doc.bands.models[view.bucketName], quotes = doc.bands.quotes?.[view.bucketName];
        const net = models.netGex, most = net ? Math.max(Math.abs(net.low), Math.abs(net.high)) : 0;
        this.#write(this.net, net, usd);
        this.netRange.set(net, 0, -most, most);
        const prices = Bands.levels.flatMap(([key]) => models[key]?.low ? [models[key].low, models[key].high] : []);
        const reach = 1.1 * Math.max(...prices.map(level => Math.abs(level - spot)), spot * 0.001);
        for (const { key, range, ...line } of this.lines) {
            this.#write(line, models[key], key === "zeroGamma" ? movingPrice : price);
            range.set(models[key], spot, spot - reach, spot + reach);
        }
        const missing = new Set(Bands.levels.flatMap(([key]) => models[key]?.missing ?? []));
        setText(this.note, missing.size > 0 ? `* missing in ${[...missing].map(name => MODELS[name]?.short ?? name).join(", ")}; the line is spot` : "the line is spot");
        const between = (band, says) => band && band.low !== null ? `${says(band.low)} to ${says(band.high)}` : NONE;
        setText(this.quotes, quotes ? `From bid to ask: net GEX ${between(quotes.netGex, usd)}, zero gamma ${between(quotes.zeroGamma, movingPrice)}` : "");
    }

    #write({ nodes, line }, band, says) {
        const isThere = band && band.low !== null, low = isThere ? says(band.low) : NONE, high = isThere ? says(band.high) : NONE;
        setText(nodes[0], low);
        setText(nodes[2], `${high}${isThere && band.missing.length > 0 ? " *" : ""}`);
        setTitle(line, band?.missing.length > 0 ? `Missing in ${band.missing.join(", ")}` : "");
    }
}

/** A range on a line with a mark in the middle. */
class Range {
    constructor() {
        this.bar = el("i", { class: "range" });
        this.node = el("div", { class: "lane", "aria-hidden": "true" }, this.bar);
    }

    set(band, middle, from, to) {
        const isThere = band && band.low !== null && to > from, at = value => 100 * (value - from) / (to - from);
        const left = isThere ? at(band.low) : 0, right = isThere ? at(band.high) : 0, key = `${left.toFixed(1)} ${right.toFixed(1)} ${isThere}`;
        if (key === this.key) return;
        this.key = key;
        this.bar.style.left = `calc(${left.toFixed(1)}% - 2px)`;
        this.bar.style.width = isThere ? `calc(${(right - left).toFixed(1)}% + 4px)` : "0";
    }
}

/** What leaves by itself, expiry by expiry. */
export class Opex {
    static most = 40;

    constructor(panel) {
        this.note = head(panel, learn("opex", "Roll-off by expiry"), "what leaves by itself");
        const { node, body } = table(["settles, New York", "net GEX", "", "of gross"], ["170px", "88px", "", "58px"]);
        this.body = body;
        this.lines = [];
        this.summary = el("div", { class: "under" });
        this.parts = Object.keys(ROLL_OFFS).map(kind => ({ kind, node: el("span") }));
        this.summary.append(...this.parts.map(part => part.node));
        panel.append(el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Expiries" }, node), this.summary);
    }

    update(view) {
        const { doc } = view, shown = doc.expiries.slice(0, Opex.most);
        while (this.lines.length < shown.length) this.#add();
        const nets = shown.map(expiry => expiry.models[view.model]), most = Math.max(1, ...nets.map(net => Math.abs(net ?? 0)));
        this.lines.forEach((line, i) => {
            setHidden(line.line, i >= shown.length);
            if (i >= shown.length) return;
            const expiry = shown[i];
            setText(line.when, instant(millis(expiry.settlementInstant)));
            setText(line.tag, expiry.isZeroDte ? "0DTE" : expiry.isMonthly ? "monthly" : "");
            setHidden(line.tag, !expiry.isZeroDte && !expiry.isMonthly);
            setTitle(line.line, `${expiry.root} ${expiry.settlement}; open interest ${count(expiry.openInterest)}; forward ${movingPrice(expiry.forward)}; max pain ${price(expiry.maxPain)}`);
            setText(line.nodes[0], usd(nets[i]));
            setClass(line.nodes[0], signClass(nets[i]));
            line.lane.set(nets[i] ?? NaN, most);
            setText(line.nodes[2], view.isFeedModel ? percent(expiry.grossShare, 1) : NONE);
        });
        for (const { kind, node } of this.parts) {
            const leaving = view.section.rollOff[kind];
            setText(node, !leaving || !view.isLive ? "" : `${ROLL_OFFS[kind][0].toUpperCase()}${ROLL_OFFS[kind].slice(1)}: GEX ${usd(leaving.gex)}, DEX ${usd(leaving.dex)}, ${percent(leaving.grossShare, 1)} of gross`);
        }
        setText(this.note, doc.expiries.length > Opex.most ? `the next ${Opex.most} of ${doc.expiries.length}` : `${doc.expiries.length} expiries; what leaves by itself`);
    }

    #add() {
        const when = el("span"), tag = el("span", { class: "tag" });
        const { line, nodes } = row(this.body, when, 3), lane = new Lane();
        line.firstChild.append(tag);
        nodes[1].append(lane.node);
        this.lines.push({ line, nodes, when, tag, lane });
    }
}

/** What the session's trades make dealers hedge. */
export class Trades {
    constructor(panel) {
        this.note = head(panel, learn("zero-dte", "Trade flow"), "USD, + = dealers must buy");
        const { node, body } = table(["", "flow", "", "contracts", "no side"], ["78px", "88px", "", "64px", "54px"]);
        this.lines = Object.entries(TRADES).map(([key, name]) => {
            const { nodes } = row(body, name, 4, { class: key === "total" ? "sum" : "" }), lane = new Lane();
            nodes[1].append(lane.node);
            return { key, nodes, lane };
        });
        this.says = el("p", { class: "under" });
        panel.append(node, this.says);
    }

    update({ doc }) {
        const flow = doc.tradeFlow, most = Math.max(1, ...Object.keys(TRADES).map(key => Math.abs(flow[key].flow)));
        for (const { key, nodes, lane } of this.lines) {
            const trades = flow[key];
            setText(nodes[0], usd(trades.flow));
            setClass(nodes[0], signClass(trades.flow));
            lane.set(trades.flow, most);
            setText(nodes[2], count(trades.traded));
            setText(nodes[3], trades.traded > 0 ? percent(trades.unclassified / trades.traded, 1) : NONE);
        }
        setText(this.says, flow.total.traded === 0 ? "No trades yet in this session." : `Hedging that the trades of ${doc.provenance.sessionDate ?? "the session"} call for, cumulative. Trades whose side could not be told are in no flow.`);
    }
}

const KINDS = {
    regime: "regime", zeroGammaCrossed: "zero gamma crossed", zeroGammaFound: "zero gamma", callWall: "call wall", putWall: "put wall", pin: "pin", model: "model",
};

/** One notice of a change in a sentence. */
export function changeSays(change) {
    const where = change.bucket && change.bucket !== "all" ? ` (${BUCKETS[change.bucket] ?? change.bucket})` : "";
    const says = value => value === null || value === undefined ? "none" : typeof value !== "number" ? value : change.kind.startsWith("zero") ? movingPrice(value) : price(value);
    if (change.kind === "zeroGammaCrossed") {
        const way = change.spot > change.spotBefore ? "up" : "down", level = change.after ?? change.before;
        return `Spot crossed zero gamma ${level === null ? "" : `${movingPrice(level)} `}on its way ${way}${where}: ${movingPrice(change.spotBefore)} to ${movingPrice(change.spot)}`;
    }
    const name = KINDS[change.kind] ?? change.kind;
    if (change.kind === "zeroGammaFound") return change.after === null ? `Zero gamma is gone${where}` : `Zero gamma found at ${says(change.after)}${where}`;
    return `${name[0].toUpperCase()}${name.slice(1)}${where}: ${says(change.before)} → ${says(change.after)}`;
}

const keyOf = change => `${change.epoch}:${change.number}`;

/** Whether a change is one of the bucket that is looked at; the pin is of 0DTE alone, and the model of all. */
export const concerns = (change, bucket) =>
    change.kind === "model" || (change.kind === "pin" ? bucket !== "exZeroDte" : (change.bucket ?? "all") === bucket);

/** What changed, the newest on top. */
export class Log {
    static most = 200;

    constructor(panel) {
        this.note = head(panel, learn("zero-gamma", "Level changes"), "");
        this.list = el("ol", { class: "log" });
        this.empty = el("p", { class: "under" }, "Nothing has changed yet: regime flips, crossings of zero gamma, walls and pins that move are written here.");
        this.missed = 0;
        this.all = [];
        this.numbers = new Set();
        this.bucket = "all";
        panel.append(this.empty, el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Level changes" }, this.list));
    }

    clear() {
        this.list.replaceChildren();
        this.all = [];
        this.numbers.clear();
        this.missed = 0;
        setHidden(this.empty, false);
        setText(this.note, "");
    }

    /** False for a notice that is there already. */
    add(change) {
        const key = keyOf(change);
        if (this.numbers.has(key)) return false;
        this.numbers.add(key);
        this.miss(change.missed ?? 0);
        this.all.push(change);
        if (this.all.length > 4 * Log.most) this.numbers.delete(keyOf(this.all.shift()));
        if (concerns(change, this.bucket)) this.#write(change);
        return true;
    }

    /** Shows the changes of one bucket. */
    select(bucket) {
        this.bucket = bucket;
        this.list.replaceChildren();
        setHidden(this.empty, false);
        for (const change of this.all) if (concerns(change, bucket)) this.#write(change);
    }

    #write(change) {
        setHidden(this.empty, true);
        const isLoud = change.kind === "zeroGammaCrossed" || change.kind === "regime";
        this.list.prepend(el("li", { class: isLoud ? "loud" : "" }, el("time", {}, clock(change.time ?? millis(change.eventTime))), el("span", {}, changeSays(change))));
        while (this.list.childElementCount > Log.most) this.list.lastChild.remove();
    }

    miss(howMany) {
        this.missed += howMany;
        if (this.missed > 0) setText(this.note, `${count(this.missed)} older ones were overwritten`);
    }
}

/** Where the numbers come from and what is doubtful about them. */
export class Provenance {
    static facts = [
        ["Unit", doc => doc.unit.replace("1%", "1 %")],
        ["Open interest of", doc => doc.provenance.openInterestDate ?? "not seen yet"],
        ["Session", doc => doc.provenance.sessionDate ?? NONE],
        ["Spot", doc => `${doc.spotSource.toLowerCase()}, ${doc.provenance.spotAgeSeconds === null ? "never quoted" : `${age(doc.provenance.spotAgeSeconds)} old`}`],
        ["Zero gamma", doc => doc.provenance.zeroGammaAgeSeconds > 0 ? `${(doc.provenance.zeroGammaAgeSeconds * 1000).toFixed(0)} ms older than the rest` : "of the same instant"],
        ["Nodes", doc => `${count(doc.nodes)}: ${count(doc.stale)} stale, ${count(doc.held)} held, ${count(doc.interpolated)} interpolated`],
        ["Shares", doc => `${percent(doc.provenance.staleShare, 1)} stale, ${percent(doc.provenance.interpolatedShare, 1)} interpolated`],
        ["Trades without a side", doc => percent(doc.provenance.unclassifiedShare, 1)],
        ["Forwards by", doc => doc.forwardMode],
        ["Smile", doc => doc.provenance.smileRule.name === "stickyStrike" ? "volatility sticks to the strike" : `skew-stickiness ${doc.provenance.smileRule.stickiness}`],
        ["Calendar", doc => `version ${doc.provenance.calendarVersion}${doc.provenance.calendarOverrides ? ` with overrides ${doc.provenance.calendarOverrides}` : ""}`],
        ["Event", doc => count(doc.provenance.lastEventSequence)],
    ];

    constructor(panel) {
        head(panel, learn("what-data-cannot-tell", "Provenance"), "");
        this.values = Provenance.facts.map(() => el("dd"));
        const list = el("dl", { class: "facts" });
        Provenance.facts.forEach(([name], i) => list.append(el("dt", {}, name), this.values[i]));
        this.doubts = el("ul", { class: "doubts" });
        panel.append(list, this.doubts);
    }

    update({ doc }) {
        Provenance.facts.forEach(([, value], i) => setText(this.values[i], value(doc)));
        const all = doubts(doc), key = all.join("\n");
        setHidden(this.doubts, all.length === 0);
        if (key === this.key) return;
        this.key = key;
        this.doubts.replaceChildren(...all.map(doubt => el("li", {}, `Doubtful: ${doubt}.`)));
    }
}
