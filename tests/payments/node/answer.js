// Answers one JSON line with another: {"build": {…}} with the text of a code, {"parse": text} with
// what vietnam-qr-pay reads in it. Run by tests/payments/test_vietqr_interoperability.py.
const readline = require("node:readline");
const { QRPay } = require("vietnam-qr-pay");

function answer({ build, parse }) {
  if (build !== undefined) return QRPay.initVietQR(build).build();
  const read = new QRPay(parse);
  return {
    valid: read.isValid,
    method: read.initMethod,
    provider: read.provider.guid,
    service: read.provider.service,
    bankBin: read.consumer.bankBin,
    account: read.consumer.bankNumber,
    currency: read.currency,
    nation: read.nation,
    amount: read.amount,
    purpose: read.additionalData.purpose,
    crc: read.crc,
  };
}

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  process.stdout.write(`${JSON.stringify(answer(JSON.parse(line)))}\n`);
});
