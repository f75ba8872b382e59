"""Closed lists of words are those of `sponsio words`: every list that a CHECK of the database, an index or a contract holds."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from sponsio_e2e.cluster import Cluster
from sponsio_e2e.contract import contract

ROOT = pathlib.Path(os.environ["SPONSIO_ROOT"])
BINARY = pathlib.Path(os.environ["SPONSIO_BINARY"])
FOLDER = pathlib.Path(tempfile.mkdtemp(prefix="sponsio-"))
CLUSTER = Cluster(FOLDER / "pg")
CONTRACTS = ("openapi", "exchange", "departments")


class Less:
    """A list without some of its words, and why they are missing."""

    def __init__(self, name, missing, why):
        self.name, self.missing, self.why = name, set(missing), why


class More:
    """A list with some words beside it, and why they are there."""

    def __init__(self, name, added, why):
        self.name, self.added, self.why = name, set(added), why


class NoList:
    """Words that are no list of the server's, and why."""

    def __init__(self, why):
        self.why = why


UNNOTIFIED = Less("CommitmentState", ["notified"], "what is only notified has no code yet, and so no row and no answer")
CHECKED = Less("VerifyMode", ["exempt"], "what is exempt has no task")
DRAWN = Less("Coverage", ["full"], "null says that every one is checked")
BY_A_PERSON = Less("InquiryAnswer", ["ask_in_writing"], "a person who is asked in writing answers")
GRANTABLE = Less("Role", ["clerk", "verifier", "reviewer", "decider", "supervisor", "administrator"], "the others reach nothing beyond their own")
GRANTED_FOR = Less("Purpose", ["case_handling", "eligibility"], "what is done in the own organisation needs no grant")
FINDINGS_PAPERS = ["prior_notice", "decision", "dismissal", "order", "hearing_notice", "hearing_record", "objection_answer", "repair_intake", "repair_answer",
                   "repair_revocation"]
NOT_YET = "what was asked for is not decided"
NOT_OURS = NoList("words of RFC 7517 and RFC 8037")

# table.column -> the list that its words are from
COLUMNS = {
    "account.roles": "Role",
    "account_change.what": "AccountField",
    "assist_ticket.answer": BY_A_PERSON,
    "assist_ticket.state": "TicketState",
    "campaign.authority": "ExposureAuthority",
    "campaign.state": "CampaignState",
    "campaign_count.counted_as": "CountedAs",
    "campaign_task.kind": "CampaignTaskKind",
    "campaign_task.state": "CampaignTaskState",
    "commitment.committer_kind": "CommitterKind",
    "commitment.coverage": DRAWN,
    "commitment.state": UNNOTIFIED,
    "credit_record.state": "RecordState",
    "delivery.kind": "DeliveryKind",
    "department_check.answer": "InquiryAnswer",
    "department_check.state": "InquiryState",
    "subscription.scheme": "SignatureScheme",
    "earlier_secret.scheme": "SignatureScheme",
    "document.kind": "DocumentKind",
    "draw.state": "DrawState",
    "draw.void_why": "VoidReason",
    "draw_object.set_aside": "NotChecked",
    "event.actor_kind": "ActorKind",
    "eligibility_question.kind": "QuestionKind",
    "evidence.kind": "EvidenceKind",
    "exposure.authority": "ExposureAuthority",
    "exposure.demand": "DemandKind",
    "exposure.level": "ExposureLevel",
    "exposure.matched_by": "MatchedBy",
    "exposure.result": "ScreeningResult",
    "exposure.state": "ExposureState",
    "exposure.unit_kind": "OrganisationKind",
    "exposure_authority.authority": "ExposureAuthority",
    "exposure_report.source": "ReportSource",
    "erasure.part": "ErasurePart",
    "erasure.reason": "ErasureReason",
    "erasure.state": "ErasureState",
    "matter_proposal.state": "MatterProposalState",
    "finding.fault": "Culpability",
    "finding_earlier_draft.fault": "Culpability",
    "finding_earlier_draft.kind": "FindingKind",
    "finding_earlier_draft.severity": "Severity",
    "finding.kind": "FindingKind",
    "finding.severity": "Severity",
    "finding.state": "FindingState",
    "fixed_name.what": "FixedName",
    "given_knowledge.kind": "KnowledgeKind",
    "inspector_conflict.kind": "ConflictKind",
    "log_leaf.kind": "LogKind",
    "notice.channel": "NoticeChannel",
    "notice.language": "NoticeLanguage",
    "notice.recipient": "NoticeRecipient",
    "objection.channel": "ObjectionChannel",
    "objection.ground": "ObjectionGround",
    "objection.identity_check": "IdentityCheck",
    "objection.outcome": "ObjectionOutcome",
    "objection.state": "ObjectionState",
    "organisation.kind": "OrganisationKind",
    "personal_query.purpose": "Purpose",
    "publicity.ended_why": "PublicityEnd",
    "publicity.severity": "Severity",
    "publicity.state": "PublicityState",
    "publicity.told_method": "ServiceMethod",
    "record_cause.cause": "RecordCause",
    "record_draft.state": "DraftState",
    "rectification.outcome": "RectificationOutcome",
    "removal.measure": "RemovalMeasure",
    "removal.state": "RemovalState",
    "removal_receiver.basis": "ReceiptBasis",
    "removal_receiver.receiver": "ReceiverKind",
    "repair.identity_check": "IdentityCheck",
    "repair.state": "RepairState",
    "revocation.ground": "RevocationGround",
    "revocation.state": "RevocationState",
    "role_grant.purpose": GRANTED_FOR,
    "role_grant.role": GRANTABLE,
    "serious_listing.ended_why": "ListingEnd",
    "serious_listing.ground": "ListingGround",
    "serious_listing.state": "ListingState",
    "service_of_document.method": "ServiceMethod",
    "service_of_document.left_proof": "LeftProof",
    "submission_batch.state": "BatchState",
    "submission_exchange.outcome": "ExchangeOutcome",
    "submission_record.op": "ReportOp",
    "submission_record.state": "SubmissionState",
    "late_service.method": "ServiceMethod",
    "late_service.state": "LateServiceState",
    "subscription.state": "SubscriptionState",
    "task_alarm.action": "AlarmAction",
    "task_alarm.recipient": "AlarmTo",
    "task_earlier_conclusion.result": "CheckResult",
    "task_earlier_conclusion.set_aside_why": "SetAside",
    "task_inspector.how": "SeatedBy",
    "task_inspector.left_why": "LeftBecause",
    "task_note.kind": "NoteKind",
    "task_recusal.state": "RecusalState", "task_reopening.state": "ReopeningState",
    "task_retraction.state": "RetractionState", "inspection.state": "InspectionState",
    "withdrawal_request.state": "WithdrawalState",
    "verification_task.mode": CHECKED,
    "verification_task.result": "CheckResult",
    "verification_task.source": "TaskSource",
    "verification_task.state": "TaskState",
}

# Schema and property, or operation and parameter -> the list that its enum is
ENUMS = {
    "Delivery.state": "DeliveryState",
    "Delivery.type": "DeliveryKind",
    "get /v1/proof-items lang": "Language",
    **{f"get /window{page} lang": "Language" for page in ("", "/verify", "/publicity", "/draws", "/inspections", "/log")},
    "get /v1/verifications queue": More("Pressing", ["mine", "unit"], "whose tasks, where none is pressing"),
    "get /v1/assist-tickets side": "TicketSide",
    "get /public/v1/log-leaves kind": "PublicLeaf",
    "Disclose": "Disclose",
    "CreditCode.state": "CreditCodeState",
    "MatterProposalState": "MatterProposalState",
    "NewSubscription.state": "SubscriptionState",
    "Subscription.state": "SubscriptionState",
    "TypeClaim.sd": NoList("words of draft-ietf-oauth-sd-jwt-vc"),
    "Problem.type": NoList("tests/e2e/check_contract.cjs holds them to server/base/problem.hpp"),
    "Way.kind": "WayKind",
    "Role": "Role",
    "OrganisationKind": "OrganisationKind",
    "KnowledgeKind": "KnowledgeKind",
    "MatterVersionFields.action_kind": "ActionKind",
    "MatterVersionFields.level": "Level",
    "MatterVersionFields.publication_type": "PublicationType",
    "CommitmentTerms.type": "CommitmentType",
    "VerificationPlan.mode": "VerifyMode",
    "VerificationPlan.day_kind": "DayKind",
    "VerificationPlan.coverage": "Coverage",
    "VerificationPlan.matter_class": "MatterClass",
    "NoticeDraft.channel": "NoticeChannel",
    "NoticeDraft.language": "NoticeLanguage",
    "GivenTo.kind": "NoticeRecipient",
    "CounterDraft.notice.channel": "NoticeChannel",
    "CounterDraft.notice.language": "NoticeLanguage",
    "Eligibility.obstacles.obstacle": "Obstacle",
    "Notice.channel": "NoticeChannel",
    "Notice.language": "NoticeLanguage",
    "Notice.points.point": "NoticePoint",
    "CommitmentState": UNNOTIFIED,
    "IdDocument.type": "DocumentType",
    "CommitterKind": "CommitterKind",
    "WorkKind": "WorkKind",
    "FoundWith": "FoundWith",
    "FoundFinding.kind": "FindingKind",
    "FoundPage.sorted_by": "FoundBy",
    "Withdrawal.state": "WithdrawalState",
    "IdentityCheck": "IdentityCheck",
    "AssentState": "AssentState",
    "Assent.kind": "AssentKind",
    "Commitment.performance_status": "Performance",
    "MendedCell.mend": "SheetMend",
    "RectificationDraft.outcome": "RectificationOutcome",
    "Rectification.outcome": "RectificationOutcome",
    "TaskState": "TaskState",
    "CheckResult": "CheckResult",
    "EvidenceKind": "EvidenceKind",
    "TaskSource": "TaskSource",
    "TaskReason.reason": "TaskReason",
    "TaskSummary.mode": CHECKED,
    "Task.mode": CHECKED,
    "TaskSeat.how": "SeatedBy",
    "AbsenceState": "AbsenceState",
    "AccountField": "AccountField",
    "Purpose": "Purpose",
    "EnrolmentCode.key.crv": NOT_OURS,
    "Erasure.part": "ErasurePart",
    "Erasure.reason": "ErasureReason",
    "Erasure.state": "ErasureState",
    "Grant.state": "GrantState",
    "EligibilityQuestion.purpose": Less("Purpose", ["sharing", "audit"], "nobody asks a counter for those"),
    "DecidedRecusal.state": "RecusalState", "DecidedReopening.state": "ReopeningState",
    "DecidedRetraction.state": "RetractionState",
    "Recusal.state": Less("RecusalState", ["granted", "refused"], NOT_YET),
    "Reopening.state": Less("ReopeningState", ["approved", "refused"], NOT_YET),
    "Retraction.state": Less("RetractionState", ["approved", "refused"], NOT_YET),
    "DecidedInspection.state": "InspectionState", "PublicInspection.state": Less("InspectionState", ["requested", "refused"], "it has no code"),
    "Inspection.state": Less("InspectionState", ["approved", "refused", "carried_out", "called_off"], NOT_YET),
    "TaskNote.kind": "NoteKind",
    "EarlierConclusion.set_aside_why": "SetAside",
    "ClueDraft.source": "ClueSource",
    "DrawState": "DrawState",
    "PublicDraw.void_why": "VoidReason",
    "SupervisedDraw.void_why": "VoidReason",
    "ConflictDraft.kind": "ConflictKind",
    "Conflict.kind": "ConflictKind",
    "FindingState": "FindingState",
    "ServiceMethod": "ServiceMethod",
    "CountsFrom": "CountsFrom",
    "LateService.state": "LateServiceState",
    "CheckState": "InquiryState",
    "CheckAnswer": "InquiryAnswer",
    "TicketState": "TicketState",
    "PersonAnswer": BY_A_PERSON,
    "Department.breaker": "BreakerState",
    "FindingDraft.kind": "FindingKind",
    "FindingDraft.fault": "Culpability",
    "FindingDraft.severity": "Severity",
    "Harm": "Harm",
    "Measure": "Measure",
    "LeftProof": "LeftProof",
    "Gravity.kind": "FindingKind",
    "Gravity.fault": "Culpability",
    "Gravity.severity": "Severity",
    "FindingLaw.leniency.kind": "Leniency",
    "RecheckDraft.result": "RecheckResult",
    "RevocationDraft.ground": "RevocationGround",
    "Revocation.ground": "RevocationGround",
    "Revocation.state": "RevocationState",
    "AmendmentDraft.kind": "FindingKind",
    "AmendmentDraft.fault": "Culpability",
    "AmendmentDraft.severity": "Severity",
    "EarlierVersion.kind": "FindingKind",
    "EarlierVersion.fault": "Culpability",
    "EarlierVersion.severity": "Severity",
    "ReviewOutcome": "ReviewOutcome",
    "Finding.kind": "FindingKind",
    "Finding.fault": "Culpability",
    "Finding.severity": "Severity",
    "Finding.documents.kind": "DocumentKind",
    "FindingSummary.kind": "FindingKind",
    "FindingSummary.severity": "Severity",
    "DefenceDraft.kind": "DefenceKind",
    "DecisionDraft.outcome": "DecisionOutcome",
    "DecisionDraft.kind": "FindingKind",
    "DecisionDraft.fault": "Culpability",
    "DecisionDraft.severity": "Severity",
    "RemedyDraft.kind": "Remedy::Kind",
    "RemedyOutcomeDraft.outcome": "RemedyOutcome::Kind",
    "ExplainedRule.kind": "RuleKind",
    "ExplainedRule.grade": "Grade",
    "ExplainedRule.action_kinds": "ActionKind",
    "RuleExplanation.action_kind": "ActionKind",
    "get /v1/rules/explain action_kind": "ActionKind",
    "Answers.kind": "DocumentKind",
    "SignatureScheme": "SignatureScheme",
    "Document.kind": "DocumentKind",
    "ActorKind": "ActorKind",
    "RecordState": "RecordState",
    "RecordStatus": "RecordStatus",
    "Leaf.kind": "PublicLeaf",
    "Jwks.keys.kty": NOT_OURS,
    "Jwks.keys.crv": NOT_OURS,
    "Jwks.keys.alg": NOT_OURS,
    "ObjectionState": "ObjectionState",
    "ObjectionOutcome": "ObjectionOutcome",
    "ObjectionDraft.ground": "ObjectionGround",
    "ObjectionSummary.channel": "ObjectionChannel",
    "ObjectionSummary.ground": "ObjectionGround",
    "Objection.channel": "ObjectionChannel",
    "Objection.ground": "ObjectionGround",
    "RepairState": "RepairState",
    "Repair.gaps.gap": "RepairGap",
    "ListingState": "ListingState",
    "ListingGround": "ListingGround",
    "ListingEnd": "ListingEnd",
    "LawLevel": "LawLevel",
    "ResponsibleRole": "ResponsibleRole",
    "Listing.papers.kind": Less("DocumentKind", FINDINGS_PAPERS, "the other papers are of the finding, of an objection or of a repair"),
    "ListingStatement.kind": "ListingStatementKind",
    "PublicityState": "PublicityState",
    "PublicitySeverity": "Severity",
    "PublicitySummary.severity": "Severity",
    "PublicitySummary.ended_why": "PublicityEnd",
    "Publicity.severity": "Severity",
    "Publicity.ended_why": "PublicityEnd",
    "PublicityPreview.finding_kind": "FindingKind",
    "PublicityPreview.severity": "Severity",
    "OwnObjection.ground": "ObjectionGround",
    "MyCase.papers.kind": "DocumentKind",
    "MyCase.publicity.ended_why": "PublicityEnd",
    "MyCase.objections.channel": "ObjectionChannel",
    "MyCase.objections.ground": "ObjectionGround",
    "RemovalMeasure": "RemovalMeasure",
    "RemovalState": "RemovalState",
    "RemovalReceiver.receiver": "ReceiverKind",
    "RemovalReceiver.basis": "ReceiptBasis",
    "PublicEntry.finding_kind": "FindingKind",
    "PublicEntry.severity": "Severity",
    "Indicator": "Indicator",
    "FigureLevel": "FigureLevel",
    "CampaignState": "CampaignState",
    "CampaignTaskKind": "CampaignTaskKind",
    "CampaignTaskState": "CampaignTaskState",
    "CountedAs": "CountedAs",
    "DemandKind": "DemandKind",
    "ProofDisposition": "ProofDisposition",
    "ItemChange": "ItemChange",
    "ExposureAuthority": "ExposureAuthority",
    "ExposureLevel": "ExposureLevel",
    "ExposureState": "ExposureState",
    "MatchedBy": "MatchedBy",
    "ReportSource": "ReportSource",
    "ScreeningOutcome": "ScreeningOutcome",
    "ScreeningResult": "ScreeningResult",
    "SubmissionRecord.op": "ReportOp",
    "BatchState": "BatchState",
    "SubmissionRecordState": "SubmissionState",
    "PlatformExchange.method": NoList("methods of RFC 9110"),
    "PlatformExchange.outcome": "ExchangeOutcome",
    "PlatformAnswer.records.status": "BatchVerdict",
}

LISTS = {}


def setUpModule():
    unittest.addModuleCleanup(shutil.rmtree, FOLDER, ignore_errors=True)
    FOLDER.chmod(0o755)
    for one in json.loads(sponsio("words", "--json"))["lists"]:
        LISTS[one["name"]] = one["words"]
    unittest.addModuleCleanup(CLUSTER.stop)
    CLUSTER.create()
    sponsio("migrate", "--database", CLUSTER.uri)


def sponsio(*arguments):
    return subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=120, check=True).stdout


def words_of(what):
    """The words that stand there, by the table above; nothing for words that are no list of the server's."""
    if isinstance(what, NoList):
        return None
    if isinstance(what, Less):
        return set(LISTS[what.name]) - what.missing
    if isinstance(what, More):
        return set(LISTS[what.name]) | what.added
    return set(LISTS[what])


WORD = r"'([a-z][a-zA-Z0-9_.-]*)'::text"
PLACE = re.compile(r"\(?(\w+)\)? (?:= ANY|<> ALL|<@) ?\(?ARRAY\[((?:'[^']*'::text(?:, )?)+)\]|\(?\b(\w+) (?:=|<>|IS DISTINCT FROM) " + WORD)
WHOLE = re.compile(r"^CHECK \(\((\w+) = (?:ANY \(ARRAY\[(?:'[^']*'::text(?:, )?)+\]\)|'[^']*'::text)\)\)$")


def words_in(text):
    """(column, words) for every comparison with words in a constraint or in the condition of an index."""
    for match in PLACE.finditer(text):
        column, several, single, one = match.groups()
        yield (column, set(re.findall(WORD, several))) if column else (single, {one})


class Database(unittest.TestCase):
    def test_each_check_of_a_column_is_its_list(self):
        seen = set()
        for line in CLUSTER.sql("select conrelid::regclass || '|' || regexp_replace(pg_get_constraintdef(oid), '\\s+', ' ', 'g') from pg_constraint "
                                "where contype = 'c' and connamespace = 'public'::regnamespace and coninhcount = 0 order by 1"):
            table, text = line.split("|", 1)
            text = re.sub(r"~ '[^']*'::text", "~ a pattern", text)
            places = list(words_in(text))
            self.assertEqual(sum(len(words) for _, words in places), len(re.findall(WORD, text)), f"{table}: {text} has words unread")
            for column, words in places:
                place = f"{table}.{column}"
                with self.subTest(place, check=text):
                    self.assertIn(place, COLUMNS, "name its list")
                    seen.add(place)
                    known = words_of(COLUMNS[place])
                    if known is None:
                        continue
                    if WHOLE.match(text) or "<@" in text:
                        self.assertEqual(words, known)
                    else:
                        self.assertLessEqual(words, known)
        self.assertEqual(set(COLUMNS) - seen, set(), "these columns have no such check")

    def test_the_conditions_of_indexes_know_the_words(self):
        conditions = CLUSTER.sql("select indrelid::regclass || '|' || pg_get_expr(indpred, indrelid) from pg_index "
                                 "where indpred is not null order by 1")
        self.assertGreater(len(conditions), 10)
        for line in conditions:
            table, text = line.split("|", 1)
            for column, words in words_in(text):
                known = words_of(COLUMNS.get(f"{table}.{column}", NoList("a column without a list")))
                with self.subTest(table, condition=text):
                    self.assertIsNotNone(known, f"{column}: name its list")
                    self.assertLessEqual(words, known)


SILENT = {"schema", "properties", "items", "oneOf", "anyOf", "allOf", "parameters", "schemas", "components", "paths"}


def enums(node, place=""):
    """(where, words): "Schema.property" or "method /path parameter"."""
    if isinstance(node, list):
        for item in node:
            named = f"{place} {item['name']}" if isinstance(item, dict) and "in" in item and "name" in item else place
            yield from enums(item, named)
    elif isinstance(node, dict):
        if isinstance(node.get("enum"), list):
            yield place, {word for word in node["enum"] if word is not None}
        for key, value in node.items():
            if key in ("enum", "example", "examples"):
                continue
            if key in SILENT:
                yield from enums(value, place)
            elif key.startswith("/"):
                for method, operation in value.items():
                    yield from enums(operation, f"{method} {key}")
            else:
                yield from enums(value, f"{place}.{key}" if place else key)


class Contracts(unittest.TestCase):
    def test_each_enum_is_its_list(self):
        seen = set()
        for name in CONTRACTS:
            for place, words in enums({"paths": contract(name).get("paths", {}), "components": contract(name).get("components", {})}):
                place = place.removeprefix("parameters.")
                with self.subTest(f"{name}: {place}"):
                    self.assertIn(place, ENUMS, "name its list")
                    seen.add(place)
                    known = words_of(ENUMS[place])
                    if known is not None:
                        self.assertEqual(words, known)
        self.assertEqual(set(ENUMS) - seen, set(), "no contract has these")


class Sources(unittest.TestCase):
    def test_each_list_of_the_sources_is_printed(self):
        declared = set()
        for header in (ROOT / "server").rglob("*.hpp"):
            declared |= set(re.findall(r"constexpr auto words_of\(([\w:]+)\)", header.read_text(encoding="utf-8")))
        self.assertGreater(len(declared), 70)
        self.assertEqual(declared - set(LISTS), set(), "add them to server/app/closed_lists.cpp")

    def test_each_lifecycle_is_visited(self):
        declared = set()
        for header in (ROOT / "server/domain").glob("*.hpp"):
            declared |= set(re.findall(r"^extern \w*Lifecycle const (\w+);", header.read_text(encoding="utf-8"), re.MULTILINE))
        visited = re.findall(r"visit\(\"[^\"]+\", (\w+)\);", (ROOT / "server/domain/lifecycles.hpp").read_text(encoding="utf-8"))
        self.assertGreater(len(declared), 10)
        self.assertEqual(sorted(visited), sorted(declared))

    def test_statements_have_no_words_of_their_own(self):
        """What a statement says of a state comes from the list: a literal would still compile when the list has changed."""
        words = {word for name, list_ in LISTS.items() if name.endswith(("State", "Event")) for word in list_}
        for source in (ROOT / "server/store").glob("*.cpp"):
            text = source.read_text(encoding="utf-8")
            self.assertEqual([w for w in re.findall(r"'(\w+)'", text) if w in words - {"created"}], [], source.name)


if __name__ == "__main__":
    unittest.main()
