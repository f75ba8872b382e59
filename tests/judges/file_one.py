"""Files a commitment with the client that openapi-generator makes of /openapi-3.0.json, reads it back, and tries a bad one:

    file_one.py URL CA TOKEN NOTICE_ID DATE

Prints the code, the state, and the status of the refusal. The client's folder is in PYTHONPATH.
"""
import datetime
import sys
import uuid

import sponsio_client as sponsio


def draft(notice, date, number):
    committer = sponsio.Committer(kind="natural_person", name="欧阳示例", document=sponsio.IdDocument(type="citizen_id", number=number))
    return sponsio.CommitmentDraft(notice_id=notice, committer=committer, made_on=datetime.date.fromisoformat(date), reason="由 Python 客户端受理")


def main(url, ca, token, notice, date):
    configuration = sponsio.Configuration(host=url)
    configuration.ssl_ca_cert, configuration.access_token = ca, token
    commitments = sponsio.CommitmentsApi(sponsio.ApiClient(configuration))
    filed = commitments.file_commitment(str(uuid.uuid4()), draft(notice, date, "110105199003072346"))
    read = commitments.get_commitment(filed.commitment_code)
    print(filed.commitment_code, read.state)
    try:
        commitments.file_commitment(str(uuid.uuid4()), draft(notice, date, "1"))
        print("taken")
    except sponsio.ApiException as refused:
        print(refused.status)


if __name__ == "__main__":
    main(*sys.argv[1:])
