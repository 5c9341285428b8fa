// Numbers and times as the command line prints them.

const grouped = new Intl.NumberFormat("en-US", { maximumFractionDigits: 4 });
const grouped2 = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const newYorkClock = new Intl.DateTimeFormat("en-GB", {
    timeZone: "America/New_York", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
});
const newYorkDate = new Intl.DateTimeFormat("en-CA", { timeZone: "America/New_York", year: "numeric", month: "2-digit", day: "2-digit" });

const clocks = new Map();
const dates = new Map();

/** What stands where there is no number. */
export const NONE = "-";

const isNumber = value => typeof value === "number" && Number.isFinite(value);
const signed = (value, digits) => (value < 0 ? "-" : "+") + Math.abs(value).toFixed(digits);

/** USD: three decimals of bn, mn or k, with sign. */
export function usd(value) {
    if (!isNumber(value)) return NONE;
    const size = Math.abs(value);
    if (size >= 1e9) return signed(value / 1e9, 3) + " bn";
    if (size >= 1e6) return signed(value / 1e6, 3) + " mn";
    if (size >= 1e3) return signed(value / 1e3, 3) + " k";
    return value === 0 ? "0" : signed(value, 2);
}

/** The same for an axis, where the digits that matter are few. */
export function usdShort(value) {
    const size = Math.abs(value);
    const [unit, name] = size >= 1e9 ? [1e9, "bn"] : size >= 1e6 ? [1e6, "mn"] : size >= 1e3 ? [1e3, "k"] : [1, ""];
    const scaled = Number((value / unit).toPrecision(3));
    return value === 0 ? "0" : `${scaled > 0 ? "+" : "-"}${grouped.format(Math.abs(scaled))}${name && " " + name}`;
}

/** A strike, without idle zeros. */
export const price = value => isNumber(value) ? grouped.format(value) : NONE;

/** A price that moves, with as many digits at every moment. */
export const movingPrice = value => !isNumber(value) ? NONE : Math.abs(value) >= 10 ? grouped2.format(value) : value.toFixed(4);

export const count = value => isNumber(value) ? whole.format(value) : NONE;

export const percent = (share, digits = 0) => isNumber(share) ? `${(100 * share).toFixed(digits)} %` : NONE;

/** How far a level lies from spot. */
export function distance(level, spot) {
    if (!isNumber(level) || !isNumber(spot) || spot === 0) return NONE;
    const apart = 100 * (level / spot - 1);
    return Math.abs(apart) < 0.005 ? "at spot" : `${signed(apart, 2)} %`;
}

/** An age for people. */
export function age(seconds) {
    if (!isNumber(seconds)) return NONE;
    if (seconds < 10) return `${seconds.toFixed(1)} s`;
    if (seconds < 120) return `${seconds.toFixed(0)} s`;
    if (seconds < 7200) return `${(seconds / 60).toFixed(0)} min`;
    return `${(seconds / 3600).toFixed(1)} h`;
}

/** Milliseconds since 1970 of an instant; the digits below the millisecond are dropped, since not every browser reads nine. */
export const millis = iso => iso ? Date.parse(iso.replace(/(\.\d{3})\d*/, "$1")) : NaN;

/** The time of day in New York. Formatting is dear, and most of what is asked for is the second that it was a moment ago. */
export function clock(ms) {
    if (!isNumber(ms)) return "--:--:--";
    const second = Math.floor(ms / 1000);
    if (clocks.size > 2000) clocks.clear();
    let text = clocks.get(second);
    if (text === undefined) clocks.set(second, text = newYorkClock.format(ms));
    return text;
}


export function date(ms) {
    if (!isNumber(ms)) return "";
    const minute = Math.floor(ms / 60_000);
    if (dates.size > 2000) dates.clear();
    let text = dates.get(minute);
    if (text === undefined) dates.set(minute, text = newYorkDate.format(ms));
    return text;
}


/** 2026-11-16 16:00, with seconds where there are some. */
export const instant = ms => isNumber(ms) ? `${date(ms)} ${clock(ms).replace(/:00$/, "")}` : NONE;
