"""What tests from outside and the story share: programs, an HTTPS client that records, a world to act in, judges.

Python's standard library only, and nothing of Sponsio's code: whatever is known here is known from the contract.
"""
