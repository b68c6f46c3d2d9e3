import type { Settings } from "./settings.js";

const settings: Settings = { country: "NI" };
export default settings;
