//! The scripts of the Postman collection, in JavaScript.

/// After every request.
pub(super) const SUCCEEDED: [&str; 3] = [
    "pm.test(`${pm.info.requestName} succeeds`, () => {",
    "  pm.expect(pm.response.code, pm.response.text()).to.be.within(200, 299);",
    "});",
];

/// Before the first request: names that no other run has.
pub(super) const BEGIN: &str = r"const run = Date.now().toString(36).toUpperCase();
const all = {
  run,
  email: `ada-${run}@example.com`.toLowerCase(),
  newEmail: `ada-new-${run}@example.com`.toLowerCase(),
  guestEmail: `guest-${run}@example.com`.toLowerCase(),
  sku: `SHIRT-${run}-M`,
  soldOutSku: `SHIRT-${run}-L`,
  couponCode: `TRY-${run}`,
};
for (const [name, value] of Object.entries(all)) pm.collectionVariables.set(name, value);";

/// Keeps parts of the answer in variables.
pub(super) fn keep(parts: &[(&str, &str)]) -> Vec<String> {
    let keep = |(variable, part): &(&str, &str)| format!("  pm.collectionVariables.set({variable:?}, {part});");
    if parts.is_empty() {
        return Vec::new();
    }
    let head = ["const keep = (data) => {".to_owned()];
    let last = ["};".to_owned(), "if (pm.response.code < 300) keep(pm.response.json().data);".to_owned()];
    head.into_iter().chain(parts.iter().map(keep)).chain(last).collect()
}

/// Tests what must be true of the answer.
pub(super) fn expect(parts: &[(&str, &str)]) -> Vec<String> {
    let test = |(sentence, condition): &(&str, &str)| {
        format!("pm.test({sentence:?}, () => pm.expect((({{ data }}) => {condition})(pm.response.json())).to.be.true);")
    };
    parts.iter().map(test).collect()
}

/// Waits for a mail, and keeps what follows `token=` in its link to this page.
pub(super) fn mail(page: &str, to: &str, variable: &str) -> String {
    r#"// The mail comes some moments later. Without a mailbox that can be read, set the variable by hand.
const look = (tries) => pm.sendRequest(pm.variables.get("mailbox"), (error, answer) => {
  const mails = error ? [] : Object.values(answer.json().messages).flat();
  const own = mails.filter((mail) => String(mail.To).includes(pm.variables.get("TO")));
  const found = own.map((mail) => /PAGE[^\s]*[?&]token=([\w-]+)/.exec(mail.BodyText)).filter(Boolean).pop();
  if (found) pm.collectionVariables.set("VARIABLE", found[1]);
  else if (tries > 0) setTimeout(() => look(tries - 1), 200);
});
if (pm.variables.get("mailbox")) look(150);"#
        .replace("TO", to)
        .replace("PAGE", page)
        .replace("VARIABLE", variable)
}

/// Waits until a condition on `data` of an answer is true.
pub(super) fn wait(path: &str, token: &str, condition: &str) -> String {
    r#"// It is done some moments later.
const question = {
  url: pm.variables.replaceIn("{{api}}PATH"),
  header: { Authorization: pm.variables.replaceIn("Bearer {{TOKEN}}") },
};
const look = (tries) => pm.sendRequest(question, (error, answer) => {
  const { data } = error ? {} : answer.json();
  if (!(data && (CONDITION)) && tries > 0) setTimeout(() => look(tries - 1), 200);
});
look(150);"#
        .replace("PATH", path)
        .replace("TOKEN", token)
        .replace("CONDITION", condition)
}

/// The code that an authenticator app shows now (RFC 6238).
pub(super) const CODE: &str = r#"const crypto = require("crypto-js");
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const bits = [...pm.variables.get("totpSecret")].map((letter) => letters.indexOf(letter).toString(2).padStart(5, "0"));
const bytes = bits.join("").match(/.{8}/g).map((byte) => parseInt(byte, 2).toString(16).padStart(2, "0"));
const step = Math.floor(Date.now() / 30000).toString(16).padStart(16, "0");
const hash = crypto.HmacSHA1(crypto.enc.Hex.parse(step), crypto.enc.Hex.parse(bytes.join(""))).toString();
const at = 2 * parseInt(hash.slice(-1), 16);
const number = (parseInt(hash.slice(at, at + 8), 16) & 0x7fffffff) % 1000000;
pm.collectionVariables.set("code", String(number).padStart(6, "0"));"#;

/// A time that was.
pub(super) const AN_HOUR_AGO: &str =
    r#"pm.collectionVariables.set("anHourAgo", new Date(Date.now() - 3600000).toISOString());"#;

/// Stripe's signature of the body.
pub(super) const SIGNATURE: &str = r#"const crypto = require("crypto-js");
const seconds = Math.floor(Date.now() / 1000);
const signature = crypto.HmacSHA256(`${seconds}.${pm.request.body.raw}`, pm.variables.get("webhookSecret"));
pm.collectionVariables.set("stripeSignature", `t=${seconds},v1=${signature}`);"#;

/// The fields of the upload come before the file.
pub(super) const FIELDS: &str = r#"const file = pm.request.body.formdata.all().pop();
pm.request.body.formdata.clear();
const fields = Object.entries(JSON.parse(pm.variables.get("uploadFields")));
for (const [key, value] of fields) pm.request.body.formdata.add({ key, value, type: "text" });
pm.request.body.formdata.add(file);"#;

/// What Stripe's page leads back to the shop with. Only the stand-in shows it.
pub(super) const EXCHANGE: &str = r#"const url = pm.variables.replaceIn("{{stripe}}/_stand_in/objects/checkout.session");
const back = pm.variables.replaceIn("/orders/{{guestOrderId}}?paid=1&exchange=");
if (pm.variables.get("stripe")) pm.sendRequest(url, (error, answer) => {
  const found = error ? "" : answer.text().split(back)[1];
  if (found) pm.collectionVariables.set("exchange", /^[\w-]+/.exec(found)[0]);
});"#;
