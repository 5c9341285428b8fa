// The sentences of the page. They follow from the sign of the dealers' position, never from the words call or put.

import { age, movingPrice, percent, price, usd } from "./format.js";

export const MODELS = {
    OpenInterest: { short: "OI", says: "dealers long every open call, short every open put" },
    ShortBoth: { short: "Short both", says: "dealers short every open contract" },
    Tape: { short: "Tape", says: "dealers opposite to every trade of the session that could be signed" },
    OpenInterestPlusTape: { short: "OI + tape", says: "open interest plus the session's signed trades" },
    OpenClose: { short: "Open-close", says: "dealers opposite to the customers' positions that were given" },
    Gross: { short: "Gross", says: "open interest without sign, for magnitudes only" },
};

export const BUCKETS = { all: "All expiries", zeroDte: "0DTE", exZeroDte: "Without 0DTE" };

const LACKS = { NoTrades: "no signed trade yet", NoPositions: "no positions given" };

/** Why a model has no numbers; empty when it has. */
export const lacks = status => status === "Live" ? "" : LACKS[status] ?? "nothing to go by";

/** What the sign of net gamma means: a word, its symbol, and one sentence on what hedging does. */
export function regime(bucket, status) {
    if (status !== "Live") return { key: "none", word: "No regime", mark: "", says: `This model has nothing to go by: ${lacks(status)}.` };
    const net = usd(bucket.netGex), gross = usd(bucket.grossGex).replace(/^\+/, "");
    switch (bucket.regime) {
        case "Positive": return {
            key: "positive", word: "Positive", mark: "▲",
            says: "Dealers long gamma: their hedging leans against moves, selling as spot rises and buying as it falls.",
        };
        case "Negative": return {
            key: "negative", word: "Negative", mark: "▼",
            says: "Dealers short gamma: their hedging chases moves, buying as spot rises and selling as it falls.",
        };
        case "Transition": return {
            key: "transition", word: "Transition", mark: "◆",
            says: `Gamma near zero: net ${net} is under 5 % of gross ${gross}, so the sign is not telling.`,
        };
        default: return {
            key: "none", word: "No regime", mark: "",
            says: bucket.grossGex === 0 ? "No gamma exposure." : `Gross gamma ${gross}: the model has no sign, so it says nothing of a direction.`,
        };
    }
}

/** The regime of a bucket in a cell of a table. */
export const regimeWord = bucket => bucket.regime ?? "-";

/** Zero gamma in a cell, and what stands where there is none. */
export function zeroGamma(level) {
    if (level.status === "Found") return movingPrice(level.value);
    if (level.status === "None") return level.sign > 0 ? "none (positive)" : level.sign < 0 ? "none (negative)" : "none";
    return "-";
}

/** State of the feed: how loud it is, and what it means for the numbers. */
export const STATES = {
    Live: { level: "good", says: "Events come in." },
    Idle: { level: "quiet", says: "The market is quiet: the writer is alive, and no event comes in." },
    Recovering: { level: "warn", says: "A writer has taken the feed and has not published yet: the numbers are the last ones of before." },
    Stalled: { level: "bad", says: "The writer is stopped, paused or stuck: the numbers are old." },
    Dead: { level: "bad", says: "The writer has ended without closing the feed: the numbers are old. Start it again to go on." },
    Closed: { level: "warn", says: "The writer has ended in good order: these are its last numbers." },
    Superseded: { level: "bad", says: "Another file has taken this feed's name." },
    NotFound: { level: "bad", says: "The feed has been deleted: the numbers are old." },
    Corrupt: { level: "bad", says: "The feed no longer reads as a feed: the numbers are the last that were whole." },
    Offline: { level: "bad", says: "The dashboard's server does not answer: the numbers are old. Trying again by itself." },
    Connecting: { level: "quiet", says: "Connecting." },
    NoFeed: { level: "bad", says: "There is no feed yet. Start one, for example: dealerflow replay data-samples/spx.dftape --speed 1x" },
};

const DOUBTS = {
    halted: () => "trading is halted",
    gap: () => "messages were lost, so quotes from before the gap are stale until they come again",
    silent: doc => `nothing was heard of ${doc.underlying} for more than five seconds`,
    noUnderlying: () => "the underlying has no price and none can be inferred, so exposures stand at the last one",
    suspectTime: () => "event times came that cannot be, so the last sane time is held",
    noCalendar: () => "the trading calendar does not know the year, so there is no close to look at",
};

/** Everything that is doubtful about a snapshot, a half sentence each. */
export function doubts(doc) {
    const all = doc.provenance.quality.map(flag => DOUBTS[flag]?.(doc) ?? flag);
    if (doc.spotSource === "Inferred") all.push("spot is inferred from the parity of calls and puts, since the underlying is not quoted");
    if (doc.spotSource === "NoUnderlying" && !doc.provenance.quality.includes("noUnderlying")) all.push("spot is the last one known");
    if (doc.provenance.spotAgeSeconds > 5) all.push(`spot is ${age(doc.provenance.spotAgeSeconds)} old`);
    if (doc.provenance.nonFiniteContributions > 0) all.push(`${price(doc.provenance.nonFiniteContributions)} contributions were not finite and entered no sum`);
    if (doc.unpricedOpenInterest > 0) all.push(`open interest of ${price(doc.unpricedOpenInterest)} contracts has no price and is in no sum`);
    if (doc.adjustedOpenInterest > 0) all.push(`open interest of ${price(doc.adjustedOpenInterest)} adjusted contracts is in no sum`);
    return all;
}

export const SCENARIOS = {
    spotDown200: "spot -2 %", spotDown100: "spot -1 %", spotDown50: "spot -0.5 %", spotDown25: "spot -0.25 %",
    spotUp25: "spot +0.25 %", spotUp50: "spot +0.5 %", spotUp100: "spot +1 %", spotUp200: "spot +2 %",
    close: "time to the close", volDown1: "volatility -1 point", volUp1: "volatility +1 point",
};

export const TRADES = { calls0dte: "0DTE calls", puts0dte: "0DTE puts", otherCalls: "other calls", otherPuts: "other puts", total: "all" };

export const ROLL_OFFS = { next: "next settlement", monthlyAm: "next monthly, morning", monthlyPm: "next monthly, afternoon" };

/** A pin in a sentence. */
export const pin = level => `${percent(level.share)} of the gross profile there; probability to settle at it ${percent(level.probability)}`;
