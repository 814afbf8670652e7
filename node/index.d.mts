import * as pagecrypt from "./index.js";

export * from "./index.js";
export default pagecrypt;
