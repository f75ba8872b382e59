"""What the story says and files: the matter, the resident, the papers. All persons and numbers are made up."""
import hashlib

MATTER_CODE = "GZF-2026-01"

RESIDENT = {
    "kind": "natural_person",
    "name": "司徒示例",
    "document": {"type": "citizen_id", "number": "11010519491231002X"},
}

REASON = "申请公租房资格确认，增加共同申请人"

EVIDENCE_NAME = "户籍档案调取记录.txt"
EVIDENCE = (
    "户籍档案调取记录\n调取单位：示例区公安分局户籍科\n结果：申请人与共同申请人之间无夫妻、父母子女或者其他亲属关系登记。\n"
).encode()


def both(zh, en):
    return {"zh": zh, "en": en}


def matter_version(complete=True):
    """A version of the matter that takes a commitment in place of kinship proof (item 1). Without `complete`, a
    statutory point of the notice is still missing."""
    return {
        "name": both("公租房共同申请人亲属关系确认", "Kinship of co-applicants for public rental housing"),
        "replaces_item": "cn-2020-01",
        "legal_basis": [{"law": "公共租赁住房管理办法", "article": "第八条"}],
        "demanding_unit": "示例区住房保障中心",
        "issuing_unit": "村（居）民委员会",
        "action_kind": "confirmation",
        "level": "county",
        "notice": {
            "proof_content": both("申请人与共同申请人之间的亲属关系。", "The kinship between applicant and co-applicants."),
            "commitment_method": both("采用书面形式承诺，由申请人签字。", "In writing, signed by the applicant."),
            "liability": both(
                "承诺不实的，撤销资格确认，依法承担民事、行政责任；构成犯罪的，依法追究刑事责任。",
                "An untrue commitment ends the eligibility and has civil and administrative consequences, and criminal "
                "ones where it is a crime.",
            ),
            "verification_power": both(
                "本单位自承诺作出之日起二十个工作日内，通过部门间核查核对承诺内容。",
                "The agency checks what was promised with other departments within twenty working days.",
            ),
            "publicity_scope": both("承诺书不向社会公开。", "The commitment is not made public."),
            "publicity_period": both("不公开，无公开期限。", "It is not public, so no period applies.") if complete else None,
        },
        "commitment": {
            "content": both(
                "本人已知晓告知事项，本人与所列共同申请人系父子关系，以上情况真实。",
                "I know what the notice says; the co-applicant named is my son; this is true.",
            ),
            "breach_liability": both(
                "撤销公租房资格确认，记入信用记录。", "The eligibility is revoked and entered in the credit record."
            ),
            "type": "proof_matter",
        },
        "verification": {
            "mode": "online",
            "within_days": 20,
            "day_kind": "working",
            "inspectors": 1,
            "unit_uscc": None,
        },
        "publication_type": "not_public",
        "valid_from": "2026-01-01",
    }


SIGNED_PAPER = "证明事项告知承诺书（签署件影像）\n承诺人：司徒示例\n".encode()
ASSENT = {"kind": "signed_paper", "digest_sha256": hashlib.sha256(SIGNED_PAPER).hexdigest()}


def commitment(notice_id, made_on):
    return {"notice_id": notice_id, "committer": RESIDENT, "made_on": made_on, "reason": REASON,
            "identity_check": "document_seen", "assent": ASSENT}


def add_signed_paper(client, filed):
    """The image of the paper that the committer signed: the answer."""
    path = f"/v1/commitments/{filed['commitment_code']}/signed-paper"
    return client.post_bytes(f"{path}?kind=documentary&name=signed.txt", SIGNED_PAPER, "text/plain; charset=utf-8", key=True)


def finding(task_id, evidence_ids):
    return {
        "task_id": task_id,
        "kind": "false_statement",
        "fault": "intentional",
        "severity": "general",
        "facts": "承诺人承诺与共同申请人系父子关系；经调取户籍档案，二人之间无任何亲属关系登记。",
        "evidence_ids": evidence_ids,
        "legal_basis": [{"law": "公共租赁住房管理办法", "article": "第三十五条"}],
        "proposed_action": "撤销公租房资格确认",
    }


REVIEW = {"outcome": "confirmed", "opinion": "事实清楚，证据充分，适用依据正确。"}
DEFENCE = {"kind": "statement", "text": "共同申请人由本人自幼抚养，本人以为可以按父子关系填写。"}


PRIOR_NOTICE = {"number": "示例住保告字〔2026〕1号", "place": "示例区建设路1号政务服务大厅3号窗口", "contact": "住房保障科，010-00000000"}


def digest_of(finding, kind):
    """Of the newest paper of that kind."""
    return [paper for paper in finding["documents"] if paper["kind"] == kind][-1]["digest_sha256"]


def receipt(client, path):
    """A signed receipt among the files of a finding: its id."""
    paper = "送达回证：本人签收。".encode()
    made = client.post_bytes(f"{path}/evidence?kind=documentary&name=receipt.txt", paper, "text/plain; charset=utf-8", key=True)
    return made.json["evidence_id"]


def service(client, path, served_at):
    """That the decision was handed over, with its receipt."""
    return {"served_at": served_at, "method": "in_person", "receipt": "本人签收，送达回证第2号", "receipt_evidence_id": receipt(client, path)}


def notice_service(client, path, served_at, finding):
    """That its prior notice was handed over, with its receipt."""
    said = service(client, path, served_at)
    return said | {"receipt": "本人签收，送达回证第1号", "digest_sha256": digest_of(finding, "prior_notice")}


def waiver(client, path):
    """That the party gives up the defence, with the paper that they signed."""
    return {"kind": "waiver", "text": "本人放弃陈述、申辩。", "evidence_id": receipt(client, path)}


DECISION = {
    "outcome": "breach",
    "number": "示例住保决字〔2026〕1号",
    "reasons": "承诺内容与事实不符，且承诺人知道二人之间没有亲属关系登记。",
    "defence_answer": "自幼抚养未办理收养登记，不构成父子关系，该项陈述不予采纳；未造成资金损失，已在处理幅度上予以考虑。",
}
