/** As much of node's test runner as the tests here use. */
declare module "node:test" {
  export function test(name: string, run: () => void | Promise<void>): void;
}
declare module "node:assert/strict" {
  const assert: {
    equal(actual: unknown, expected: unknown, message?: string): void;
    deepEqual(actual: unknown, expected: unknown, message?: string): void;
    ok(value: unknown, message?: string): void;
    match(value: string, expected: RegExp): void;
  };
  export default assert;
}
declare module "node:crypto" {
  export const webcrypto: Crypto;
}
