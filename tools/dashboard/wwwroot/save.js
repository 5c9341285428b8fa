// Pictures of charts, as files.

import { palette } from "./theme.js";

const MARGIN = 12;
const HEAD = 40;
const FOOT = 26;

/** Saves canvases side by side with a title above and, below, what must not be lost when a picture travels. */
export function savePicture(canvases, title, subtitle, name) {
    const colours = palette(), ratio = Math.min(3, devicePixelRatio || 1);
    const boxes = canvases.map(canvas => ({ canvas, width: canvas.width, height: canvas.height }));
    const picture = document.createElement("canvas");
    picture.width = boxes.reduce((sum, box) => sum + box.width, 0) + 2 * MARGIN * ratio;
    picture.height = Math.max(...boxes.map(box => box.height)) + (HEAD + FOOT) * ratio;
    const context = picture.getContext("2d");
    context.fillStyle = colours.panel;
    context.fillRect(0, 0, picture.width, picture.height);
    let x = MARGIN * ratio;
    for (const box of boxes) {
        context.drawImage(box.canvas, x, HEAD * ratio);
        x += box.width;
    }
    context.scale(ratio, ratio);
    context.textBaseline = "middle";
    context.fillStyle = colours.ink;
    context.font = `600 14px ${colours.font}`;
    context.fillText(title, MARGIN, 14);
    context.fillStyle = colours.muted;
    context.font = `11px ${colours.font}`;
    context.fillText(subtitle, MARGIN, 31);
    context.fillText("Dealer positions are inferred, never reported.", MARGIN, picture.height / ratio - 12);
    picture.toBlob(blob => {
        const link = document.createElement("a");
        link.href = URL.createObjectURL(blob);
        link.download = name;
        link.click();
        setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    }, "image/png");
}
