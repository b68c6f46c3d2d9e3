/** Fonts, sizes and colours of everything but the marks. */
export const config = {
  font: "DejaVu Sans, Verdana, sans-serif", // Verdana is as wide.
  background: "white",
  padding: 14,
  view: { stroke: null },
  title: {
    anchor: "start",
    fontSize: 14,
    subtitleFontSize: 10.5,
    subtitleColor: "#666",
    subtitlePadding: 5,
    offset: 12,
  },
  axis: {
    labelFontSize: 11,
    titleFontSize: 11.5,
    titleFontWeight: "normal",
    titlePadding: 9,
    gridColor: "#e9e9e9",
    domainColor: "#888",
    tickColor: "#888",
    labelColor: "#333",
    titleColor: "#222",
  },
  header: { labelFontSize: 12, labelFontWeight: "bold", title: null },
  legend: { labelFontSize: 11, titleFontSize: 11.5, titleFontWeight: "normal", labelLimit: 260, rowPadding: 4 },
};
