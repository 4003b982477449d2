// The page around the judgement: what is read, what is shown, and in which language.
"use strict";

const WORDS = {
  zh: {
    title: "证书查验", other: "English", checking: "正在查验……", ask: "请用手机扫描证书上的二维码，或把扫出的网址（或其中的数字）粘贴在这里：",
    check: "查验", valid: "有效证书", provisional: "成绩告知单（不是证书）", revoked: "已撤销", unknown_issuer: "签发者不在名单上",
    altered: "内容被改动", not_a_certificate: "不是本系统的证书码",
    valid_unchecked_says: "签名有效。请核对下面的内容与证书上的一致。",
    valid_says: "签名有效，未被撤销。请核对下面的内容与证书上的一致。", provisional_says: "签名有效。它只说明成绩，不能代替证书。",
    revoked_says: "协会已撤销这份证书，它不再有效。", unknown_issuer_says: "没有被授权的单位签过它。下面的内容没有人担保。",
    altered_says: "签名与内容不符：有人改动过，或二维码受损。不要相信它。", not_a_certificate_says: "这不是证书上的二维码，或没有读全。请重新扫描。",
    number: "编号", name: "姓名", occupation: "职业", level: "等级", issued: "签发日期", centre: "考点", standard: "标准",
    dated: "名单日期", unchecked: "撤销名单还没有这份证书的编号，未能查验是否撤销。",
    stale: "手里的名单已经过期：请联网后重新打开本页再查一次。", no_lists: "没有名单，无法查验。请联网后重新打开本页。",
    bad_lists: "收到的名单不是协会签的，没有采用。请换一个网络再试。",
    old: "这个浏览器太旧，不能自己查验签名。请换用新的浏览器（2025 年以后的 Chrome、Edge、Safari、Firefox），或：",
    server: "请协会的服务器查验（会把证书码发给协会）", private: "查验在您自己的手机上进行，证书内容不会发给任何人。",
  },
  en: {
    title: "Certificate check", other: "中文", checking: "Checking…", ask: "Scan the code on the certificate, or paste the address that it holds (or its digits) here:",
    check: "Check", valid: "Valid certificate", provisional: "Provisional results notice (no certificate)", revoked: "Revoked", unknown_issuer: "Issuer not on the list",
    altered: "Altered", not_a_certificate: "Not a code of this system",
    valid_unchecked_says: "The signature holds. Compare what is below with the paper.",
    valid_says: "The signature holds and it was not revoked. Compare what is below with the paper.", provisional_says: "The signature holds. It tells results only and is no certificate.",
    revoked_says: "The association withdrew this certificate; it does not count any more.", unknown_issuer_says: "No authorised centre signed it. Nobody answers for what is below.",
    altered_says: "Signature and content differ: somebody changed it, or the code is damaged. Don't trust it.", not_a_certificate_says: "This is not a certificate's code, or it was not read whole. Please scan again.",
    number: "Number", name: "Name", occupation: "Occupation", level: "Level", issued: "Issued", centre: "Centre", standard: "Standard",
    dated: "Lists as of", unchecked: "The list of revocations doesn't reach this certificate yet, so revocation was not checked.",
    stale: "The lists at hand have expired: open this page again with a link, and check once more.", no_lists: "There are no lists to check against. Open this page again with a link.",
    bad_lists: "The lists that came were not signed by the association and were not used. Try another network.",
    old: "This browser is too old to check a signature itself. Use a newer one (Chrome, Edge, Safari or Firefox from 2025 on), or:",
    server: "Let the association's server check it (sends the code there)", private: "The check is done on your own device; nothing of the certificate is sent to anybody.",
  },
};

let language = (navigator.language || "zh").startsWith("zh") ? "zh" : "en";
let last = null;
const by = (id) => document.getElementById(id);
const say = (code) => WORDS[language][code];

function line(list, label, text) {
  const term = document.createElement("dt"), value = document.createElement("dd");
  term.textContent = label;
  value.textContent = text;
  list.append(term, value);
}

function show() {
  document.documentElement.lang = language;
  document.title = `${say("title")} · ${HUB.association}`;
  for (const each of document.querySelectorAll("[data-say]")) each.textContent = say(each.dataset.say);
  const list = by("fields");
  list.replaceChildren();
  by("notes").replaceChildren();
  const unsure = last && last.status === "valid" && (last.stale || last.checked === false);
  by("verdict").className = last ? (last.status || "problem") + (unsure ? " unsure" : "") : "";
  by("status").textContent = !last ? "" : last.status ? say(last.status) : say(last.problem);
  by("says").textContent = last && last.status ? say(last.status + (last.checked === false ? "_unchecked" : "") + "_says") : "";
  by("old").hidden = !(last && last.problem === "old");
  if (!last || !last.status) return;
  if (last.fields) {
    const pack = HUB.packs[last.fields.occupation];
    line(list, say("name"), last.fields.name);
    line(list, say("number"), last.fields.number);
    line(list, say("occupation"), pack ? pack.occupation : last.fields.occupation);
    line(list, say("level"), pack ? pack.levels[last.fields.level] : last.fields.level);
    line(list, say("issued"), last.fields.issued);
    if (last.issuer) line(list, say("centre"), `${last.issuer.name}（${last.issuer.centre}）`);
    if (pack) line(list, say("standard"), pack.title);
  }
  const notes = [];
  if (last.stale) notes.push(say("stale"));
  if (last.checked === false) notes.push(say("unchecked"));
  if (last.dated) notes.push(`${say("dated")} ${new Date(last.dated).toLocaleDateString(language === "zh" ? "zh-CN" : "en-GB")}`);
  for (const text of notes) {
    const item = document.createElement("p");
    item.textContent = text;
    by("notes").append(item);
  }
}

async function lists() {
  try {
    const answer = await fetch("/v1/lists");
    if (!answer.ok) return { problem: "no_lists" };
    return { found: (await readLists(await answer.text())) || undefined, problem: "bad_lists" };
  } catch (problem) {
    return { problem: "no_lists" };
  }
}

async function check(text) {
  if (!text) return;
  by("status").textContent = say("checking");
  if (!(await canVerify()) || typeof DecompressionStream === "undefined") last = { problem: "old" };
  else {
    const { found, problem } = await lists();
    last = found ? { ...(await judge(text, found, Date.now())), dated: found.dated } : { problem };
  }
  show();
}

// Only when a person presses the button: the one place that sends a code anywhere.
async function askServer() {
  try {
    const answer = await fetch("/v1/verify", { method: "POST", body: wanted() });
    const said = await answer.json();
    const fields = said.fields && {
      name: said.fields.name, number: said.fields.number, occupation: said.fields.standard,
      level: said.fields.level, issued: said.fields.issued,
    };
    const issuer = said.fields && said.fields.centre ? { centre: said.fields.centre, name: said.fields.centre_name } : null;
    last = { status: said.status, fields, issuer, stale: said.list_stale,
      checked: said.status !== "valid" || Boolean(said.list_dated), dated: Date.parse(said.list_dated) || 0 };
  } catch (problem) {
    last = { problem: "no_lists" };
  }
  show();
}

function wanted() { return location.hash.slice(1) || by("typed").value.trim(); }

by("language").addEventListener("click", () => { language = language === "zh" ? "en" : "zh"; show(); });
by("form").addEventListener("submit", (event) => {
  event.preventDefault();
  location.hash = "";
  check(by("typed").value.trim());
});
by("server").addEventListener("click", askServer);
window.addEventListener("hashchange", () => { if (location.hash.length > 1) check(wanted()); });
show();
check(wanted());
if ("serviceWorker" in navigator) navigator.serviceWorker.register("/v-worker.js", { scope: "/v" }).catch(() => {});
