// Answers one JSON line with another, by the package vnpay: {"build": {…}} with the address of a
// page, {"sign": {…}} with a signed query string, {"read": {…}} with what it says of a message,
// {"ask": {…}} and {"refund": {…}} with what the gateway's API answers. The first line is
// {"configure": {…}}. Run by tests/payments/test_gateway_interoperability.py.
const readline = require("node:readline");
const { VNPay } = require("vnpay");
const { buildPaymentUrlSearchParams, calculateSecureHash } = require("vnpay/utils");

let vnpay, secret;

async function answer({ configure, build, sign, read, ask, refund }) {
  if (configure !== undefined) {
    secret = configure.secureSecret;
    vnpay = new VNPay({ hashAlgorithm: "SHA512", enableLog: false, ...configure });
    return "configured";
  }
  if (build !== undefined) return vnpay.buildPaymentUrl(build);
  if (sign !== undefined) {
    const data = buildPaymentUrlSearchParams(sign).toString();
    const parts = { secureSecret: secret, data, hashAlgorithm: "SHA512", bufferEncode: "utf-8" };
    return `${data}&vnp_SecureHash=${calculateSecureHash(parts)}`;
  }
  if (read !== undefined) {
    const { isVerified, isSuccess, vnp_Amount } = vnpay.verifyIpnCall(read);
    return { isVerified, isSuccess, amount: vnp_Amount };
  }
  return ask !== undefined ? vnpay.queryDr(ask) : vnpay.refund(refund);
}

(async () => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line)))}\n`);
  }
})();
