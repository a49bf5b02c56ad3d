// A command's output on a terminal, and a picture of it.
import { spawn } from "node:child_process";
import { once } from "node:events";

/** Runs a program on a terminal of this width, with `script` of util-linux; returns its output with the colors. */
export async function onTerminal(words, env, cwd, columns) {
  const quoted = words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
  const command = `stty cols ${columns} rows 40; exec ${quoted}`;
  const child = spawn("script", ["--quiet", "--return", "--command", command, "/dev/null"], {
    cwd,
    env: { ...env, TERM: "xterm-256color" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let printed = "";
  child.stdout.setEncoding("utf8").on("data", (text) => { printed += text; });
  const [code] = await once(child, "close");
  return { code, printed: printed.replaceAll("\r", "") };
}

/** The lines as on a terminal of this width, except that words stay whole: each a list of runs with the same look. */
export function lines(printed, columns) {
  const shown = [[]];
  let look = { color: "", isBold: false, isDim: false };
  let column = 0;
  for (const [token, codes] of printed.matchAll(/\x1b\[([\d;]*)m|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[[\d;?]*[A-Za-z]|\n|[^\x1b\n]/gu)) {
    if (codes !== undefined) {
      for (const code of codes.split(";").map(Number)) look = changed(look, code);
    } else if (token === "\n") {
      shown.push([]);
      column = 0;
    } else if (token[0] !== "\x1b") {
      if (column === columns) {
        column = wrapped(shown);
      }
      const line = shown.at(-1);
      const last = line.at(-1);
      if (last?.look === look) last.text += token;
      else line.push({ look, column, text: token });
      column += 1;
    }
  }
  while (shown.length > 0 && shown.at(-1).length === 0) shown.pop();
  return shown;
}

/** Continues in a new line, with the word that did not fit, if a space is before the word: wrapped words are easier to read. */
function wrapped(shown) {
  const line = shown.at(-1);
  const last = line.at(-1);
  const space = last.text.lastIndexOf(" ");
  const word = last.text.slice(space + 1);
  const isKept = last.text.trimStart().includes(" ") && [...word].length < 60;
  if (isKept) last.text = last.text.slice(0, space);
  shown.push(isKept && word ? [{ look: last.look, column: INDENT, text: word }] : []);
  return isKept ? INDENT + [...word].length : 0;
}

/** The indent of a wrapped line, in columns: the width of the labels in errors. */
const INDENT = 16;

function changed(look, code) {
  if (code === 0) return { color: "", isBold: false, isDim: false };
  if (code === 1) return { ...look, isBold: true };
  if (code === 2) return { ...look, isDim: true };
  if (code === 22) return { ...look, isBold: false, isDim: false };
  if (code === 39) return { ...look, color: "" };
  const color = COLORS[code >= 90 ? code - 90 : code - 30];
  return color && (code >= 90 || code >= 30) ? { ...look, color } : look;
}

const COLORS = ["#7d8590", "#ff9ba3", "#7ddb98", "#f3c36b", "#8ab8ff", "#d9a8ff", "#6fd3d8", "#e6eaf0"];

/** The lines as SVG. Each run has its place and its width, so that it looks alike in every font. */
export function svg(shown, columns) {
  const [letter, height, edge] = [8.4, 20, 20];
  const size = { width: Math.ceil(columns * letter + 2 * edge), height: shown.length * height + 2 * edge };
  const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const run = ({ look, column, text }, row) => {
    const { color, isBold, isDim } = look;
    const place = `x="${(edge + column * letter).toFixed(1)}" y="${edge + row * height + 14}"`;
    const width = `textLength="${([...text].length * letter).toFixed(1)}"`;
    const style = `${color ? ` fill="${color}"` : ""}${isBold ? ' font-weight="bold"' : ""}${isDim ? ' opacity="0.7"' : ""}`;
    return `  <text ${place} ${width}${style} xml:space="preserve">${escaped(text)}</text>`;
  };
  const texts = shown.flatMap((line, row) => line.filter(({ text }) => text.trim()).map((it) => run(it, row)));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" width="${size.width}" height="${size.height}">`,
    `<rect width="100%" height="100%" rx="10" fill="#14171c"/>`,
    `<g font-family="ui-monospace, 'SF Mono', Menlo, 'DejaVu Sans Mono', monospace" font-size="14" fill="#e6eaf0">`,
    ...texts,
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}
