/** Renders a Vega-Lite specification as SVG, and SVG as PNG. The same specification gives the same bytes. */
import { renderAsync } from "@resvg/resvg-js";
import * as vega from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import { fontFiles, measure } from "./font.ts";

const [regular, bold] = fontFiles.map(measure) as [ReturnType<typeof measure>, ReturnType<typeof measure>];

interface TextItem {
  readonly fontSize?: number;
  readonly fontWeight?: string | number;
}

// Vega's hook that replaces its estimate of text widths; missing in its types.
const { textMetrics } = vega as unknown as {
  textMetrics: { width: (item: TextItem, text: string | number | null) => number };
};
textMetrics.width = (item, text) =>
  (item.fontWeight === "bold" ? bold : regular)(String(text ?? ""), item.fontSize ?? 11);

export async function toSvg(specification: TopLevelSpec): Promise<string> {
  const { spec } = compile(specification);
  const view = new vega.View(vega.parse(spec), { renderer: "none", logLevel: vega.Error });
  // Vega numbers gradients and clips by a counter of the process.
  vega.resetSVGDefIds();
  const svg = await view.toSVG();
  view.finalize();
  return `${svg}\n`;
}

/** At twice the SVG's size, for dense screens. */
export async function toPng(svg: string): Promise<Uint8Array> {
  const image = await renderAsync(svg, {
    background: "white",
    fitTo: { mode: "zoom", value: 2 },
    // Without font files resvg draws no text, and says nothing.
    font: { fontFiles, loadSystemFonts: false, defaultFontFamily: "DejaVu Sans" },
  });
  return image.asPng();
}
