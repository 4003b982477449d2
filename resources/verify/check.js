// Whether a code on paper is what an issuer signed: the same judgement as `core/certificates`, without a server.
// Pure: bytes and texts in, a verdict out. Signatures are WebCrypto's.
"use strict";

const CHUNK_BYTES = 7, CHUNK_DIGITS = 17;
const TAIL_BYTES = { 0: 0, 3: 1, 5: 2, 8: 3, 10: 4, 13: 5, 15: 6 };
const HEAD = [0x84, 0x49, 0xa2, 0x01, 0x27, 0x04, 0x44];
const TOKEN_LIMIT = 400, TAG_BYTES = 6, NAME_LIMIT = 50;
const LEVELS = ["junior", "intermediate", "senior"];
const EPOCH = Date.UTC(2020, 0, 1), DAY = 86400000;
const LARGEST_BITS = 16 * 1024 * 1024;
const PURPOSE = "zhikao-lists1";
const USUAL_PATTERN = "year:2 standard:2 level:1 centre:8 serial:5 check:1";

class NotACode extends Error {}

function digitsOf(text) {
  const found = /^(?:https?:\/\/[^\s/?#]{1,255}\/v#)?([0-9]{1,1200})$/.exec(text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, ""));
  if (!found) throw new NotACode();
  return found[1];
}

function fromDigits(digits) {
  const tail = TAIL_BYTES[digits.length % CHUNK_DIGITS];
  if (tail === undefined) throw new NotACode();
  const whole = digits.length - (digits.length % CHUNK_DIGITS), bytes = [];
  for (let start = 0; start < digits.length; start += CHUNK_DIGITS) {
    let value = BigInt(digits.slice(start, start + CHUNK_DIGITS));
    const room = start < whole ? CHUNK_BYTES : tail;
    if (value >> BigInt(8 * room)) throw new NotACode();
    for (let at = 0; at < room; at++, value >>= 8n) bytes.push(Number(value & 255n));
  }
  return Uint8Array.from(bytes);
}

function toDigits(bytes) {
  let text = "";
  for (let start = 0; start < bytes.length; start += CHUNK_BYTES) {
    const chunk = bytes.slice(start, start + CHUNK_BYTES);
    let value = 0n;
    for (let at = chunk.length - 1; at >= 0; at--) value = (value << 8n) | BigInt(chunk[at]);
    const width = Number(Object.keys(TAIL_BYTES).find((key) => TAIL_BYTES[key] === chunk.length) || CHUNK_DIGITS);
    text += value.toString().padStart(chunk.length === CHUNK_BYTES ? CHUNK_DIGITS : width, "0");
  }
  return text;
}

// CBOR in its one shortest form, and only what a credential is made of.
class Reader {
  constructor(bytes) { this.bytes = bytes; this.at = 0; }
  take(count) {
    if (this.at + count > this.bytes.length) throw new NotACode();
    const found = this.bytes.slice(this.at, this.at + count);
    this.at += count;
    return found;
  }
  head() {
    const first = this.take(1)[0], major = first >> 5, low = first & 31;
    if (low < 24) return [major, low];
    if (low > 27) throw new NotACode();
    const size = 1 << (low - 24);
    let value = 0n;
    for (const byte of this.take(size)) value = (value << 8n) | BigInt(byte);
    const least = size === 1 ? 24n : 1n << BigInt(4 * size);
    if (value < least || value > BigInt(Number.MAX_SAFE_INTEGER)) throw new NotACode();
    return [major, Number(value)];
  }
  expect(major) {
    const [found, value] = this.head();
    if (found !== major) throw new NotACode();
    return value;
  }
  bytesOf() { return this.take(this.expect(2)); }
  text() {
    const size = this.expect(3);
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(this.take(size));
    } catch (problem) { throw new NotACode(); }
  }
}

function readToken(token) {
  if (token.length > TOKEN_LIMIT || HEAD.some((byte, at) => token[at] !== byte)) throw new NotACode();
  const reader = new Reader(token);
  reader.take(HEAD.length);
  const kid = reader.take(4);
  if (reader.expect(5) !== 0) throw new NotACode();
  const payload = reader.bytesOf(), signature = reader.bytesOf();
  if (signature.length !== 64 || reader.at !== token.length || payload.length > 255) throw new NotACode();
  return { kid, payload, signature, credential: readPayload(payload) };
}

function readPayload(payload) {
  const reader = new Reader(payload);
  if (reader.expect(4) !== 7) throw new NotACode();
  const number = reader.text(), name = reader.text(), tag = reader.bytesOf();
  let occupation;
  const before = reader.at, [kind, wire] = reader.head();
  if (kind === 0) {
    occupation = Object.keys(HUB.wire).find((id) => HUB.wire[id] === wire) || "#" + wire;
  } else {
    reader.at = before;
    occupation = reader.text();
    if (HUB.wire[occupation] !== undefined || occupation.startsWith("#")) throw new NotACode();
  }
  const level = reader.expect(0), days = reader.expect(0);
  let index = null;
  if (reader.bytes[reader.at] === 0xf6) reader.at += 1; else index = reader.expect(0);
  const pattern = index === null ? /^N[1-9][0-9]{0,19}$/ : /^[0-9A-MO-Z][0-9A-Z-]{5,31}$/;
  const characters = Array.from(name);
  if (
    reader.at !== payload.length || !pattern.test(number) || level < 1 || level > LEVELS.length ||
    tag.length !== TAG_BYTES || (index !== null && index >= 2 ** 32) || days > 2914694 ||
    !/^(?:[a-z0-9][a-z0-9.-]{0,39}|#[1-9][0-9]{0,5})$/.test(occupation) ||
    characters.length < 1 || characters.length > NAME_LIMIT || name !== strip(name) ||
    characters.some((one) => /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u.test(one))
  ) throw new NotACode();
  const issued = new Date(EPOCH + days * DAY).toISOString().slice(0, 10);
  return { number, name, tag: hex(tag), occupation, level: LEVELS[level - 1], issued, index };
}

// Blanks as Python's str.strip() knows them.
function strip(text) {
  return text.replace(/^[\s\u001c-\u001f\u0085]+|[\s\u001c-\u001f\u0085]+$/gu, "");
}

// A token's own bytes, again from its parts: whatever isn't written as an issuer writes it is no code.
function resembles(text) {
  let digits;
  try { digits = digitsOf(text); } catch (problem) { return false; }
  const head = toDigits(Uint8Array.from(HEAD));
  if (digits.startsWith(head)) return true;
  try { readToken(fromDigits(head + digits.slice(head.length))); } catch (problem) { return false; }
  return true;
}

function toBeSigned(kid, payload) {
  const purpose = new TextEncoder().encode("Signature1");
  const start = [0x84, 0x60 + purpose.length, ...purpose, 0x49, 0xa2, 0x01, 0x27, 0x04, 0x44, ...kid, 0x40];
  const size = payload.length < 24 ? [0x40 + payload.length] : [0x58, payload.length];
  return Uint8Array.from([...start, ...size, ...payload]);
}

async function holds(key, signature, message) {
  try {
    const known = await crypto.subtle.importKey("raw", unhex(key), { name: "Ed25519" }, false, ["verify"]);
    return await crypto.subtle.verify({ name: "Ed25519" }, known, signature, message);
  } catch (problem) {
    if (problem && problem.name === "NotSupportedError") throw problem;
    return false;
  }
}

async function canVerify() {
  try {
    await crypto.subtle.importKey("raw", unhex(HUB.key), { name: "Ed25519" }, false, ["verify"]);
    return true;
  } catch (problem) { return false; }
}

function hex(bytes) { return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(""); }
function unhex(text) { return Uint8Array.from(text.match(/../g) || [], (pair) => parseInt(pair, 16)); }

// The signed lists: null where the hub whose key stands in this page did not sign them.
async function readLists(text) {
  const file = JSON.parse(text);
  if (file.zhikao !== "lists" || file.key !== HUB.key || typeof file.signed !== "string") return null;
  const message = new TextEncoder().encode(PURPOSE + file.signed);
  if (!(await holds(HUB.key, unhex(file.signature), message))) return null;
  const said = JSON.parse(file.signed);
  return {
    association: said.association, dated: Date.parse(said.dated), until: Date.parse(said.until),
    issuers: said.issuers, bits: await unpack(said.bits),
  };
}

async function unpack(text) {
  const packed = Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  const reader = stream.getReader(), pieces = [];
  for (let size = 0; ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    if ((size += value.length) > LARGEST_BITS) throw new Error("bits");
    pieces.push(value);
  }
  return new Uint8Array(await new Blob(pieces).arrayBuffer());
}

function isStale(lists, now) { return now > lists.until || now < lists.dated - DAY; }
function isRevoked(lists, index) { return Boolean((lists.bits[Math.floor(index / 8)] >> (index % 8)) & 1); }

function centreOf(number, pattern) {
  let expression = "", digits = "";
  for (const word of pattern.split(/\s+/)) {
    const piece = /^(year|standard|level|centre|serial|check):([1-9])$/.exec(word);
    expression += piece ? `(?<${piece[1]}>[0-9]{${piece[2]}})` : word.slice(1).replace(/[-]/g, "\\-");
  }
  const found = new RegExp(`^${expression}$`).exec(number);
  if (!found) return null;
  for (const one of number) if (one >= "0" && one <= "9") digits += one;
  return checkDigitHolds(digits) ? found.groups.centre : null;
}

// ISO 7064 MOD 11,10.
function checkDigitHolds(digits) {
  let sum = 10;
  for (const digit of digits.slice(0, -1)) {
    sum = (sum + Number(digit)) % 10 || 10;
    sum = (sum * 2) % 11;
  }
  return (sum + Number(digits.slice(-1))) % 10 === 1;
}

function maySign(issuer, credential) {
  if (credential.issued < issuer.from || (issuer.to && credential.issued > issuer.to)) return false;
  if (credential.index === null) return true;
  if (issuer.notices_only) return false;
  let inside = centreOf(credential.number, issuer.pattern || USUAL_PATTERN);
  if (!issuer.pattern && inside === null) inside = credential.number;
  return inside !== null && inside.startsWith(issuer.centre_number || issuer.centre);
}

// What is found about a code: status as the contract has it, and what was signed, where it may be shown.
async function judge(text, lists, now) {
  let reading;
  try {
    reading = readToken(fromDigits(digitsOf(text)));
  } catch (problem) {
    if (!(problem instanceof NotACode)) throw problem;
    return { status: resembles(text) ? "altered" : "not_a_certificate", fields: null };
  }
  const fields = reading.credential, kid = hex(reading.kid), stale = isStale(lists, now);
  const message = toBeSigned(reading.kid, reading.payload);
  let signers = [];
  for (const some of [lists.issuers.filter((one) => one.kid.toLowerCase() === kid), lists.issuers]) {
    const known = new Map();
    for (const one of some) if (!known.has(one.key)) known.set(one.key, await holds(one.key, reading.signature, message));
    signers = some.filter((one) => known.get(one.key));
    if (signers.length) break;
  }
  if (!signers.length) {
    for (const one of lists.issuers) {
      const before = toBeSigned(unhex(one.kid), reading.payload);
      if (one.kid.toLowerCase() === kid || (await holds(one.key, reading.signature, before)))
        return { status: "altered", fields: null };
    }
    return { status: "unknown_issuer", fields, stale };
  }
  const signer = signers.find((one) => maySign(one, fields));
  if (!signer) return { status: "unknown_issuer", fields, stale };
  const issuer = { centre: signer.centre, name: signer.name };
  if (fields.index === null) return { status: "provisional", fields, issuer, stale };
  const checked = fields.index < 8 * lists.bits.length;
  return { status: checked && isRevoked(lists, fields.index) ? "revoked" : "valid", fields, issuer, stale, checked };
}
