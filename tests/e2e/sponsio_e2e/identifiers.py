"""Check characters, computed here a second time so that no test trusts the code it tests."""

_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def uscc(first17):
    """The unified social credit code (GB 32100) with these first 17 characters."""
    total = sum(_USCC.index(char) * pow(3, place, 31) for place, char in enumerate(first17))
    return first17 + _USCC[(31 - total % 31) % 31]


def citizen_number(first17):
    """The citizen number (GB 11643) with these first 17 digits."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return first17 + "10X98765432"[sum(int(d) * w for d, w in zip(first17, weights)) % 11]
