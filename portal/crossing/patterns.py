"""What tells who somebody is by its form alone: addresses, numbers of phones, cards, papers, devices and orders, links.

Each pattern looks at folded words (see folding.py), so that it is written in small letters without accents. Repeats are
bounded, so that no text takes long. The checks keep apart what looks alike: versions, prices, dates, models, errors.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import ip_address

from .folding import Folded, fold

Span = tuple[int, int]
Check = Callable[[re.Match[str], Folded], bool]


@dataclass(frozen=True)
class Pattern:
    """What of a kind looks like: `value` of the expression, or all of it where there is none; if `fits` says so."""

    kind: str
    looks: re.Pattern[str]
    fits: Check | None = None

    def find(self, folded: Folded) -> Iterator[Span]:
        """Places in the folded words."""
        group = "value" if "value" in self.looks.groupindex else 0
        for found in self.looks.finditer(folded.words):
            if self.fits is None or self.fits(found, folded):
                yield found.span(group)


def _digits(words: str) -> str:
    return "".join(c for c in words if c.isdigit())


def _value(found: re.Match[str]) -> str:
    return found["value"] if "value" in found.re.groupindex else found[0]


def _words(*listed: str) -> str:
    """Any one of these words, folded; they may hold expressions."""
    return "|".join(sorted((fold(word) for line in listed for word in line.split()), key=len, reverse=True))


# Checks


def _luhn(number: str) -> bool:
    """ISO/IEC 7812-1, annex B."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        doubled = int(digit) * (1 + place % 2)
        total += doubled - 9 if doubled > 9 else doubled  # noqa: PLR2004 -- the sum of its two digits
    return total % 10 == 0


def _is_card(found: re.Match[str], _folded: Folded) -> bool:
    number = _digits(found[0])
    return number[0] in "23456" and len(set(number)) > 1 and _luhn(number)


def _mod_11(digits: str, weights: range) -> int:
    """A check digit of Brazil's papers (Receita Federal): letters count as their code less 48."""
    left = sum((ord(d.upper()) - 48) * w for d, w in zip(digits, weights, strict=False)) % 11
    return 0 if left < 2 else 11 - left  # noqa: PLR2004 -- as the rule says


def _is_cpf(found: re.Match[str], _folded: Folded) -> bool:
    number = _digits(found[0])
    if not found[0].isdigit():
        return True
    first, second = _mod_11(number[:9], range(10, 1, -1)), _mod_11(number[:10], range(11, 1, -1))
    return len(set(number)) > 1 and number[9:] == f"{first}{second}"


_CNPJ_WEIGHTS = (5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)


def _is_cnpj(found: re.Match[str], _folded: Folded) -> bool:
    if not found[0].isdigit():
        return True
    number = found[0]

    def check(digits: str, weights: tuple[int, ...]) -> int:
        left = sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 11
        return 0 if left < 2 else 11 - left  # noqa: PLR2004 -- as the rule says

    first = check(number[:12], _CNPJ_WEIGHTS)
    return number[12:] == f"{first}{check(number[:12] + str(first), (6, *_CNPJ_WEIGHTS))}"


def _is_dni(found: re.Match[str], _folded: Folded) -> bool:
    """Spain's DNI and NIE: the letter follows from the number modulo 23 (Real Decreto 1553/2005)."""
    plain = re.sub(r"\W", "", found[0])
    number = plain[:-1].translate(str.maketrans("xyz", "012"))
    return plain[-1] == "trwagmyfpdxbnjzsqvhlcke"[int(number) % 23]


def _is_iban(letters: str) -> bool:
    """ISO 13616: moved and written as figures, the rest of a division by 97 is one."""
    moved = letters[4:] + letters[:4]
    return len(letters) > 14 and int("".join(str(int(c, 36)) for c in moved)) % 97 == 1  # noqa: PLR2004 -- the shortest


_VERSION_BEFORE = re.compile(
    rf"(?<!\w)(?:v|ver|{_words('version versao release build firmware fw версия версии версию прошивка прошивки')})"
    r"[\s.:]{0,2}$"
)
_TELLS_NOTHING = re.compile(
    r"0\.0\.0\.0|127\.\d+\.\d+\.\d+|255\.255\.\d+\.\d+|8\.8\.[48]\.[48]|1\.[01]\.[01]\.1|9\.9\.9\.9"
)


def _is_ip(found: re.Match[str], folded: Folded) -> bool:
    address = found["ip"]
    if any(int(part) > 255 for part in address.split(".")) or _TELLS_NOTHING.fullmatch(address):  # noqa: PLR2004 -- a byte
        return False
    return not _VERSION_BEFORE.search(folded.words[max(0, found.start() - 14) : found.start()])


def _is_ip6(found: re.Match[str], _folded: Folded) -> bool:
    try:
        address = ip_address(found[0])
    except ValueError:
        return False
    return not (address.is_loopback or address.is_unspecified) and any(c.isdigit() for c in found[0])


_DATE = re.compile(r"(?:19|20)\d\d[-/.]\d\d?(?:[-/.]\d\d?)?|\d\d?[-/.]\d\d?[-/.](?:19|20)?\d\d|(?:19|20)\d\d")


def _is_number_of_ours(found: re.Match[str], _folded: Folded) -> bool:
    """The number of an order: no date and no year; without a sign that a number comes, four digits and more."""
    value, least = _value(found), 3 if found["sign"] else 4
    is_year = re.fullmatch(r"(?:19|20)\d\d", value)
    if _DATE.fullmatch(value) and not (is_year and found["sign"]):
        return False
    return len(_digits(value)) >= least


def _is_serial(found: re.Match[str], _folded: Folded) -> bool:
    value = _value(found)
    return len(_digits(value)) > 1 and not _DATE.fullmatch(value)


def _is_printed_serial(found: re.Match[str], folded: Folded) -> bool:
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


def _is_key(found: re.Match[str], _folded: Folded) -> bool:
    """A long word without sense, as keys and tokens are: letters and digits mixed."""
    digits = len(_digits(found[0]))
    turns = len(re.findall(r"\d+", found[0]))
    return digits > 3 and turns > 2 and len(found[0]) - digits > 3  # noqa: PLR2004 -- some of both


_TOKEN = re.compile(r"(?=[a-z]*\d)(?=\d*[a-z])[a-z0-9]{12,}|(?=(?:[^/]*\d){3})[\w-]{24,}")
_OURS = re.compile(r"/(?:tickets|desk|account|confirm|reset|unsubscribe)/")


def _tells_much(found: re.Match[str], _folded: Folded) -> bool:
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


_COUNTRY = re.compile(r"(?:\+|00)[1-9]")


def _is_phone(found: re.Match[str], _folded: Folded) -> bool:
    value = _value(found)
    return 8 <= len(_digits(value)) <= 15 and len(set(_digits(value))) > 1  # noqa: PLR2004 -- ITU-T E.164


def _is_told_phone(found: re.Match[str], _folded: Folded) -> bool:
    value = _value(found)
    return 6 <= len(_digits(value)) <= 15 and not _DATE.fullmatch(value)  # noqa: PLR2004 -- ITU-T E.164, and short ones


def _capital(found: re.Match[str], folded: Folded) -> bool:
    """Whether a street's name has a capital letter or a number; all of its words, where "street" comes last."""
    names = re.finditer(r"\w[\w.'-]*", found["street"])
    begins = [
        folded.typed(found.start("street") + n.start(), found.start("street") + n.start() + 1) for n in names
    ]
    large = [c.isupper() or c.isdigit() for c in begins]
    return any(large) if found["after"] is None else all(large)


# How they look

_NO = r"(?P<sign>\s{0,2}(?:(?:number|num|numero|nr|no|n|номер|код|id|code)(?!\w)[.o°]?|[#:=])[\s:#=.]{0,3}){0,2}[\s:#]{0,2}"
_IS = r"(?:\s(?:is|e|es|это)\s)?"
_ORDERS = _words(
    "order invoice receipt contract customer client tracking shipment po",
    "pedido fatura boleto contrato cliente nf nf-e nfe protocolo rastreio factura orden recibo albarán",
    r"заказ\w{0,2} сч[её]т\w{0,2} договор\w{0,2} квитанци\w{1,2} накладн\w{2,3} трек",
)
_SERIALS = (
    r"serial(?:\snumber)?|s/n|sn|(?:numero|no|n\.?)\sde\sserie|imei|iccid|eid|sim\s(?:card\s)?number|"
    + fold("серийн")
    + r"\w{2}\s"
    + fold("номер")
    + r"\w?|"
    + fold("серийник")
    + "|"
    + fold("с/н")
)
_PAPERS = _words(
    "cpf cnpj rg dni nie nif cif curp rfc ssn passport pasaporte passaporte",
    r"паспорт\w{0,2} инн снилс",
)
_PHONES = _words(
    "tel telephone phone mobile cell call whatsapp fone telefone celular ligar teléfono móvil llamar",
    r"тел телефон\w{0,2} моб мобильный звонить звоните",
)
_SECRETS = r"password|passwd|senha|contrasena|clave|pin|puk|token|api\skey|" + fold("пароль")
_BEFORE = (
    r"rua|avenida|av\.?|travessa|praca|alameda|rodovia|estrada|calle|c/|plaza|paseo|carrera|camino|"
    + _words(
        r"ул\. ул улиц[аеуы] проспект\w? пр-т\.? переул\w{2,3} пер\. шоссе бульвар\w? б-р набережн\w{2} наб\. пл\. площад\w"
    )
)
_AFTER = "street|st|road|rd|avenue|ave|lane|ln|boulevard|blvd|terrace|crescent"
_WORD = r"[\w.'-]{1,25}"
_ROOM = (
    r"(?:[,\s/-]{1,3}(?:apto?|ap|apartamento|bloco|bl|sala|piso|puerta|flat|apt|suite|unit|"
    + _words("кв квартира корп корпус стр офис")
    + r")\.?\s?[\w-]{1,6}){0,3}"
)
_POSTAL = r"(?:\d{5}-\d{3}|\d{5,6}|[a-z]{1,2}\d[a-z\d]?\s\d[a-z]{2})(?![\w-])"
_TOWN = rf"(?:[,\s-]{{1,3}}(?:[^\W\d_][\w.'-]{{1,20}}[\s,/-]{{1,3}}){{0,4}}(?:cep\s?)?{_POSTAL})?"

PATTERNS = (
    Pattern(
        "email",
        re.compile(
            r"(?<![\w.!#$%&'*+/=?^`{|}~-])[\w.!#$%&'*+/=?^`{|}~-]{1,64}\s?@\s?[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}"
        ),
    ),
    Pattern(
        "email",
        re.compile(
            r"(?<![\w.+-])[\w.+-]{1,64}\s?[(\[]at[)\]]\s?[\w-]{1,63}(?:(?:\.|\s?[(\[]dot[)\]]\s?)[\w-]{1,63}){1,5}"
        ),
    ),
    Pattern(
        "link",
        re.compile(
            r"(?:(?:https?|ftps?|sftp|ssh|rdp)://|(?<![\w.])www\.)[^\s<>\"'()|]{1,2000}(?<![.,;:!?*_\]])"
        ),
        _tells_much,
    ),
    Pattern(
        "link",
        re.compile(
            r"(?<![\w./@-])[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}/[^\s<>\"'?()]{0,500}\?[^\s<>\"'()]{2,1000}(?<![.,;:!?])"
        ),
    ),
    Pattern(
        "serial",
        re.compile(
            rf"(?<!\w)(?:{_SERIALS})(?!\w){_NO}{_IS}(?P<value>[a-z0-9][a-z0-9/-]{{3,30}}[a-z0-9])(?!\w)"
        ),
        _is_serial,
    ),
    Pattern("card", re.compile(r"(?<![\d+.-])(?<!\d\s)\d(?:[ -]?\d){12,18}(?!\d)"), _is_card),
    Pattern(
        "identity",
        re.compile(r"(?<![\d.])\d{3}\.\d{3}\.\d{3}-\d{2}(?!\d)|(?<![\d+.-])\d{11}(?![\d.-])"),
        _is_cpf,
    ),
    Pattern(
        "identity",
        re.compile(
            r"(?<![\w.])[a-z\d]{2}\.[a-z\d]{3}\.[a-z\d]{3}/[a-z\d]{4}-\d{2}(?!\d)|(?<![\d+.-])\d{14}(?![\d.-])"
        ),
        _is_cnpj,
    ),
    Pattern("identity", re.compile(r"(?<![\w-])(?:\d{8}|[xyz]-?\d{7})-?[a-z](?![\w-])"), _is_dni),
    Pattern("identity", re.compile(r"(?<![\d-])(?:\d{3}-\d{2}-\d{4}|\d{3}-\d{3}-\d{3}[ -]\d{2})(?![\d-])")),
    Pattern(
        "identity",
        re.compile(
            rf"(?<!\w)(?:{_PAPERS})(?!\w){_NO}{_IS}(?P<value>[a-z]{{0,3}}\d[\d\s./-]{{4,18}}\d[a-z]?)(?!\w)"
        ),
    ),
    Pattern("mac", re.compile(r"(?<![\w:-])[0-9a-f]{2}(?:([:-])[0-9a-f]{2})(?:\1[0-9a-f]{2}){4}(?![\w:-])")),
    Pattern("mac", re.compile(r"(?<![\w.])[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}(?![\w.])")),
    Pattern(
        "network",
        re.compile(r"(?<![\w.])(?P<ip>(?:\d{1,3}\.){3}\d{1,3})(?:/\d{1,2}|:\d{1,5})?(?!\.?\w)"),
        _is_ip,
    ),
    Pattern("network", re.compile(r"(?<![\w:.])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:])"), _is_ip6),
    Pattern("serial", re.compile(r"(?<!\w)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?!\w)")),
    Pattern(
        "serial",
        re.compile(r"(?<![\w/.:@=-])[a-z0-9]{2,30}(?:-[a-z0-9]{2,20}){0,5}(?![\w/@=-])"),
        _is_printed_serial,
    ),
    Pattern(
        "secret",
        re.compile(rf"(?<!\w)(?:{_SECRETS})(?:\s(?:is|e|es))?\s?[:=]\s?(?P<value>[^\s\[]\S{{2,99}})"),
    ),
    Pattern("secret", re.compile(r"(?<![\w/.@-])[\w-]{20,200}(?![\w/.@-])"), _is_key),
    Pattern(
        "order",
        re.compile(
            rf"(?<!\w)(?:{_ORDERS})(?!\w){_NO}(?P<value>(?:[a-z]{{1,4}}[-/]?)?\d[\da-z/-]{{2,24}})(?![.,]?\w|\s?[%€$£₽])"
        ),
        _is_number_of_ours,
    ),
    Pattern("request", re.compile(r"(?<![\w&/])#\d{4,9}(?!\w)")),
    Pattern("phone", re.compile(r"(?<![\w+])(?:\+\s?|00)[1-9](?:[\s().-]{0,2}\d){6,14}(?!\d)"), _is_phone),
    Pattern(
        "phone", re.compile(r"(?<![\w+(])(?:[01789]\s?)?\(\d{2,5}\)\s?\d(?:[\s-]?\d){4,9}(?!\d)"), _is_phone
    ),
    Pattern(
        "phone",
        re.compile(
            rf"(?<!\w)(?:{_PHONES})(?!\w)(?:\s(?:me|us|number|at|on|is|me\sat|para|al?|no|{fold('номер')}))?[\s:.]{{0,3}}(?P<value>\+?\(?\d(?:[\s().-]{{0,2}}\d){{5,14}})(?!\d)"
        ),
        _is_told_phone,
    ),
    Pattern(
        "phone",
        re.compile(
            r"(?<![\w.,+#$€£/-])(?<!\d\s)(?:"
            r"\d{2}[\s-]9?\s?\d{4}[-\s]\d{4}|9\d{4}-\d{4}|[1-9]\d9\d{8}"  # Brazil
            r"|[78][\s-]?\d{3}[\s-]\d{3}[\s-]\d{2}[\s-]?\d{2}|[78]9\d{9}"  # Russia
            r"|[6789]\d{2}[\s-]\d{3}[\s-]\d{3}|[6789]\d{2}(?:[\s-]\d{2}){3}|[67]\d{8}"  # Spain
            r"|\d{3}[-.\s]\d{3}[-.\s]\d{4}"  # North America
            r"|07\d{3}\s?\d{6}|0\d{2,4}[\s-]\d{3,4}[\s-]\d{3,4}"  # the United Kingdom
            r"|0\d{2,5}[\s/-]\d{5,9}|0\d(?:[\s.]\d{2}){4}"  # Germany, France
            r")(?![\w/-]|[.,]\d|\s?[%€$£₽])"
        ),
        _is_phone,
    ),
    Pattern(
        "address",
        re.compile(
            rf"(?<!\w)(?:{_BEFORE})\s{{0,2}}(?P<street>{_WORD}(?:\s{_WORD}){{0,5}}?)(?P<after>(?!))?,?\s"
            rf"(?:(?:no?\.?|{fold('д')}\.?|{fold('дом')})\s?)?\d{{1,5}}[^\W\d_]?(?![\w%.]){_ROOM}{_TOWN}"
        ),
        _capital,
    ),
    Pattern(
        "address",
        re.compile(
            rf"(?<![\w.])\d{{1,5}}[a-z]?,?\s(?P<street>{_WORD}(?:\s{_WORD}){{0,2}}?)\s(?P<after>{_AFTER})(?!\w)\.?{_ROOM}{_TOWN}"
        ),
        _capital,
    ),
    Pattern("address", re.compile(r"(?<![\w.-])\d{5}-\d{3}(?![\w-])")),
    Pattern(
        "address",
        re.compile(
            rf"(?<!\w)(?:cep|zip(?:\scode)?|post\s?code|postal\scode|codigo\spostal|c\.?p\.?|{fold('индекс')})[\s:]{{1,3}}"
            r"(?P<value>[a-z]{0,2}\d[a-z\d]{2,5}(?:[-\s]\d{3,4}|\s\d[a-z]{2})?)(?!\w)"
        ),
    ),
)

_IBAN = re.compile(r"(?<!\w)[a-z]{2}\d{2}(?:[ -]?[a-z0-9]{4}){2,7}(?:[ -]?[a-z0-9]{1,3})?(?!\w)")


def ibans(folded: Folded) -> Iterator[Span]:
    """Numbers of bank accounts; words that follow one may look like more of it."""
    for found in _IBAN.finditer(folded.words):
        for end in range(found.end(), found.start() + 14, -1):
            letters = re.sub(r"[ -]", "", folded.words[found.start() : end])
            if _is_iban(letters) and not folded.words[end : end + 1].isalnum():
                yield found.start(), end
                break


def found_by_pattern(folded: Folded) -> Iterator[tuple[str, Span]]:
    """(kind, place in the folded words) of all that its form tells of."""
    for span in ibans(folded):
        yield "account", span
    for pattern in PATTERNS:
        for span in pattern.find(folded):
            yield pattern.kind, span
