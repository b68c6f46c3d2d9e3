/** The program within a page of a trace. */
import { TracePanel, type TraceData } from "./panel.ts";

const data = JSON.parse(document.getElementById("data")!.textContent) as TraceData;
new TracePanel(document.querySelector<HTMLElement>(".trace")!, data);
