/** A style sheet's text, made small by build.mjs. */
declare module "*.css" {
  const text: string;
  export default text;
}
