import type { Code } from './proofs';

/** The sentences of sponsio-verify, for the page. */
export interface Sentences {
  paste: string;
  file: string;
  keys: string;
  keys_hint: string;
  check: string;
  checking: string;
  proven: string;
  not_proven: string;
  refuted: string;
  not_checked: string;
  empty: string;
  no_keys: string;
  keys_from_here: string;
  receipt: (time: string, index: number, size: number, origin: string) => string;
  receipt_open: string;
  still: string;
  record: (issuer: string, issued: string, kid: string, disclosed: number) => string;
  record_status: string;
  record_open: string;
  why: Record<Code, string>;
}

export const zh: Sentences = {
  paste: '粘贴回执（JSON）或者信用记录（SD-JWT）',
  file: '或者选择文件',
  keys: '日志公钥（vkeys）或者签发者公钥（JWKS）',
  keys_hint: '留空则从本服务器获取；从别处取得的公钥更可信。',
  check: '核验',
  checking: '正在核验……',
  proven: '已证明',
  not_proven: '未证明',
  refuted: '已证伪',
  not_checked: '无法判断',
  empty: '请粘贴或者选择一份回执或者记录。',
  no_keys: '没有取得公钥，请稍后再试，或者自行填写公钥。',
  keys_from_here: '所用公钥取自本服务器：它们确属该日志或者签发者',
  receipt: (time, index, size, origin) => `该承诺于 ${time} 按回执内容原文受理，是日志 ${origin} 中 ${size} 个条目的第 ${index} 号（从 0 起），整棵树由该日志的密钥签名`,
  receipt_open: '承诺属实或已经核查',
  still: '日志今天仍有该条目',
  record: (issuer, issued, kid, disclosed) => `记录由 ${issuer} 于 ${issued} 以密钥 ${kid} 签名，所附 ${disclosed} 个披露项均属于它`,
  record_status: '其当前状态（请获取状态列表并用 sponsio-verify 核验）',
  record_open: '未披露的内容',
  why: {
    malformed_receipt: '这不是回执：请核对是否给错文件，并按原始字节保存。', not_logged_yet: '作出该答复时承诺尚未写入日志，请重新获取后再核验。', wrong_kind: '该日志条目不是承诺。',
    content_differs: '回执中的内容与写入日志的内容不符：事后被更改。', differs_from_log: '答复中的内容与写入日志的内容不一致。', malformed_proof: '不是 tlog-proof 的格式。', not_included: '证明中的哈希不能从条目推到树根。',
    malformed_note: '不是签名笔记（signed note）的格式。', not_signed: '所给公钥均未签名：请给出该日志曾用过的全部公钥（vkeys）。', bad_signature: '签名错误。', bad_verifier_key: '不是有效的验证公钥（vkey）。',
    no_ed25519: '本浏览器不支持 Ed25519，请换用新版浏览器或者 sponsio-verify 程序。', malformed_sd_jwt: '不是 SD-JWT 的格式。', algorithm: '签名算法不允许，或与公钥不符。', unknown_key: '公钥集中没有所用的公钥，请重新获取签发者的 jwks.json。',
    hash_algorithm: '摘要算法不是 sha-256。', bad_disclosure: '披露项格式错误。', duplicate_disclosure: '同一披露项出现两次。', duplicate_digest: '同一摘要出现两次。', unreferenced_disclosure: '披露项不属于已签名的任何摘要。',
    wrong_place: '披露项的位置错误。', claim_collision: '披露的声明与已有声明重名。', not_yet_valid: '尚未生效：请检查本机时钟。', expired: '记录是真的，但已过期，不得使用。', wrong_type: '不是信用记录。',
  },
};

export const en: Sentences = {
  paste: 'Paste a receipt (JSON) or a credit record (SD-JWT)',
  file: 'Or choose a file',
  keys: 'Keys of the log (vkeys) or of the issuer (JWKS)',
  keys_hint: 'Left empty they are fetched from this server; keys that you got otherwise prove more.',
  check: 'Check',
  checking: 'Checking …',
  proven: 'Proven',
  not_proven: 'Not proven',
  refuted: 'Refuted',
  not_checked: 'Could not be judged',
  empty: 'Paste or choose a receipt or a record.',
  no_keys: 'The keys could not be fetched; try again in a while, or give them yourself.',
  keys_from_here: "that the keys are the log's or the issuer's own: they were taken from this server",
  receipt: (time, index, size, origin) => `the commitment was accepted at ${time} in exactly the words of the receipt's content, and is entry ${index} of the ${size} in the log ${origin}, whose key signed the tree`,
  receipt_open: 'that the commitment is true or was verified',
  still: 'that the log still has it today',
  record: (issuer, issued, kid, disclosed) => `the record was signed by ${issuer} on ${issued} with the key ${kid}, and each of its ${disclosed} disclosures belongs to it`,
  record_status: 'its present status (fetch the status list and use sponsio-verify)',
  record_open: 'what was left undisclosed',
  why: {
    malformed_receipt: 'This is no receipt: look whether this is the file that was meant, and keep its bytes as they come.', not_logged_yet: 'The commitment was not in the log yet when this was answered; fetch it anew.', wrong_kind: 'The log entry is not of a commitment.',
    content_differs: 'The content of the receipt is not what was logged: it was changed afterwards.', differs_from_log: 'The answer says something else than what was logged.', malformed_proof: 'It is not in the form of a tlog-proof.', not_included: 'The hashes of the proof do not lead from the entry to the root.',
    malformed_note: 'It is not in the form of a signed note.', not_signed: 'None of the keys given signed this: give every key that the log ever had (vkeys).', bad_signature: 'The signature is wrong.', bad_verifier_key: 'It is no verifier key (vkey).',
    no_ed25519: 'This browser has no Ed25519; use a newer one, or the program sponsio-verify.', malformed_sd_jwt: 'It is not in the form of an SD-JWT.', algorithm: 'The algorithm is not allowed, or not that of the key.', unknown_key: "The key is not in the set; fetch the issuer's jwks.json anew.",
    hash_algorithm: 'The digests are not of sha-256.', bad_disclosure: 'A disclosure is malformed.', duplicate_disclosure: 'A disclosure stands there twice.', duplicate_digest: 'A digest stands there twice.', unreferenced_disclosure: 'A disclosure belongs to no digest that was signed.',
    wrong_place: 'A disclosure stands in the wrong place.', claim_collision: 'A disclosed claim has the name of one that is there.', not_yet_valid: "It is not valid yet; look at this machine's clock.", expired: 'The record is genuine, but has expired and must not be used.', wrong_type: 'It is no credit record.',
  },
};
