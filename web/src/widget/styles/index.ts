import base from "./base.css";
import log from "./log.css";
import menu from "./menu.css";
import panel from "./panel.css";

/** All styles of the shadow tree. */
export default [base, panel, log, menu].join("");
