"""Checks that keep apart what only looks like a number of somebody's: sums of digits, dates, versions, models, errors.

Each gets a match of a pattern in folded words (see patterns.py and folding.py) and says whether it is one.
"""

import re
from ipaddress import ip_address

from .folding import Folded, fold


def _digits(words: str) -> str:
    return "".join(c for c in words if c.isdigit())


def _value(found: re.Match[str]) -> str:
    return found["value"] if "value" in found.re.groupindex else found[0]


def any_of(*listed: str) -> str:
    """Any one of these words, folded; they may hold expressions."""
    return "|".join(sorted((fold(word) for line in listed for word in line.split()), key=len, reverse=True))


def _luhn(number: str) -> bool:
    """ISO/IEC 7812-1, annex B."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        doubled = int(digit) * (1 + place % 2)
        total += doubled - 9 if doubled > 9 else doubled  # noqa: PLR2004 -- the sum of its two digits
    return total % 10 == 0


def is_card(found: re.Match[str], _folded: Folded) -> bool:
    number = _digits(found[0])
    return number[0] in "23456" and len(set(number)) > 1 and _luhn(number)


def _mod_11(digits: str, weights: range) -> int:
    """A check digit of Brazil's papers (Receita Federal): letters count as their code less 48."""
    left = sum((ord(d.upper()) - 48) * w for d, w in zip(digits, weights, strict=False)) % 11
    return 0 if left < 2 else 11 - left  # noqa: PLR2004 -- as the rule says


def is_cpf(found: re.Match[str], _folded: Folded) -> bool:
    number = _digits(found[0])
    if not found[0].isdigit():
        return True
    first, second = _mod_11(number[:9], range(10, 1, -1)), _mod_11(number[:10], range(11, 1, -1))
    return len(set(number)) > 1 and number[9:] == f"{first}{second}"


_CNPJ_WEIGHTS = (5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)


def is_cnpj(found: re.Match[str], _folded: Folded) -> bool:
    if not found[0].isdigit():
        return True
    number = found[0]

    def check(digits: str, weights: tuple[int, ...]) -> int:
        left = sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 11
        return 0 if left < 2 else 11 - left  # noqa: PLR2004 -- as the rule says

    first = check(number[:12], _CNPJ_WEIGHTS)
    return number[12:] == f"{first}{check(number[:12] + str(first), (6, *_CNPJ_WEIGHTS))}"


def is_dni(found: re.Match[str], _folded: Folded) -> bool:
    """Spain's DNI and NIE: the letter follows from the number modulo 23 (Real Decreto 1553/2005)."""
    plain = re.sub(r"\W", "", found[0])
    number = plain[:-1].translate(str.maketrans("xyz", "012"))
    return plain[-1] == "trwagmyfpdxbnjzsqvhlcke"[int(number) % 23]


def is_iban(letters: str) -> bool:
    """ISO 13616: moved and written as figures, the rest of a division by 97 is one."""
    moved = letters[4:] + letters[:4]
    return len(letters) > 14 and int("".join(str(int(c, 36)) for c in moved)) % 97 == 1  # noqa: PLR2004 -- the shortest


_VERSION_BEFORE = re.compile(
    rf"(?<!\w)(?:v|ver|{any_of('version versao release build firmware fw версия версии версию прошивка прошивки')})"
    r"[\s.:]{0,2}$"
)


_TELLS_NOTHING = re.compile(
    r"0\.0\.0\.0|127\.\d+\.\d+\.\d+|255\.255\.\d+\.\d+|8\.8\.[48]\.[48]|1\.[01]\.[01]\.1|9\.9\.9\.9"
)


def is_ip(found: re.Match[str], folded: Folded) -> bool:
    address = found["ip"]
    if any(int(part) > 255 for part in address.split(".")) or _TELLS_NOTHING.fullmatch(address):  # noqa: PLR2004 -- a byte
        return False
    return not _VERSION_BEFORE.search(folded.words[max(0, found.start() - 14) : found.start()])


def is_ip6(found: re.Match[str], _folded: Folded) -> bool:
    try:
        address = ip_address(found[0])
    except ValueError:
        return False
    return not (address.is_loopback or address.is_unspecified) and any(c.isdigit() for c in found[0])


_DATE = re.compile(r"(?:19|20)\d\d[-/.]\d\d?(?:[-/.]\d\d?)?|\d\d?[-/.]\d\d?[-/.](?:19|20)?\d\d|(?:19|20)\d\d")


def is_number_of_ours(found: re.Match[str], _folded: Folded) -> bool:
    """The number of an order: no date and no year; without a sign that a number comes, four digits and more."""
    value, least = _value(found), 3 if found["sign"] else 4
    is_year = re.fullmatch(r"(?:19|20)\d\d", value)
    if _DATE.fullmatch(value) and not (is_year and found["sign"]):
        return False
    return len(_digits(value)) >= least


def is_serial(found: re.Match[str], _folded: Folded) -> bool:
    value = _value(found)
    return len(_digits(value)) > 1 and not _DATE.fullmatch(value)


def is_printed_serial(found: re.Match[str], folded: Folded) -> bool:
    """Capitals and digits as they stand on a plate: ten signs and more, four of them digits; no date, no error code."""
    typed = folded.typed(*found.span())
    plain = re.sub(r"\W", "", found[0])
    letters = sum(c.isalpha() for c in plain)
    return (
        typed == typed.upper()
        and len(plain) > 9  # noqa: PLR2004 -- ten
        and letters > 1
        and len(_digits(plain)) > 3  # noqa: PLR2004 -- four
        and not re.match(r"0x|(?:19|20)\d\d-\d\d-\d\dt|[a-z]{2,}-\d{1,4}$|http", found[0])
    )


def is_key(found: re.Match[str], _folded: Folded) -> bool:
    """A long word without sense, as keys and tokens are: letters and digits mixed."""
    digits = len(_digits(found[0]))
    turns = len(re.findall(r"\d+", found[0]))
    return digits > 3 and turns > 2 and len(found[0]) - digits > 3  # noqa: PLR2004 -- some of both


_TOKEN = re.compile(r"(?=[a-z]*\d)(?=\d*[a-z])[a-z0-9]{12,}|(?=(?:[^/]*\d){3})[\w-]{24,}")


_OURS = re.compile(r"/(?:tickets|desk|account|confirm|reset|unsubscribe)/")


def tells_much(found: re.Match[str], _folded: Folded) -> bool:
    """A link with a query, a name, a token or a request of ours in it; a plain address of a page stays."""
    rest = found[0].partition("://")[2] or found[0]
    host, _slash, path = rest.partition("/")
    return bool(
        "?" in rest
        or "@" in host
        or "=" in path
        or re.match(r"[\d.:\[]+(?::\d+)?$", host)
        or _OURS.search("/" + path + "/")
        or _TOKEN.search(path)
    )


def is_phone(found: re.Match[str], _folded: Folded) -> bool:
    value = _value(found)
    return 8 <= len(_digits(value)) <= 15 and len(set(_digits(value))) > 1  # noqa: PLR2004 -- ITU-T E.164


def is_told_phone(found: re.Match[str], _folded: Folded) -> bool:
    value = _value(found)
    return 6 <= len(_digits(value)) <= 15 and not _DATE.fullmatch(value)  # noqa: PLR2004 -- ITU-T E.164, and short ones


def has_capital(found: re.Match[str], folded: Folded) -> bool:
    """Whether a street's name has a capital letter or a number; all of its words, where "street" comes last."""
    names = re.finditer(r"\w[\w.'-]*", found["street"])
    begins = [
        folded.typed(found.start("street") + n.start(), found.start("street") + n.start() + 1) for n in names
    ]
    large = [c.isupper() or c.isdigit() for c in begins]
    return any(large) if found["after"] is None else all(large)
