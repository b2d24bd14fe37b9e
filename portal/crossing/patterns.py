"""What tells who somebody is by its form alone: addresses, numbers of phones, cards, papers, devices and orders, links.

Each pattern looks at folded words (see folding.py), so that it is written in small letters without accents. Repeats are
bounded, so that no text takes long. What only looks alike, checks.py keeps apart.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .checks import (
    any_of,
    has_capital,
    is_card,
    is_cnpj,
    is_cpf,
    is_dni,
    is_iban,
    is_ip,
    is_ip6,
    is_key,
    is_number_of_ours,
    is_phone,
    is_printed_serial,
    is_serial,
    is_told_phone,
    tells_much,
)
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


# How they look

_NO = r"(?P<sign>\s{0,2}(?:(?:number|num|numero|nr|no|n|номер|код|id|code)(?!\w)[.o°]?|[#:=])[\s:#=.]{0,3}){0,2}[\s:#]{0,2}"
_IS = r"(?:\s(?:is|e|es|это)\s)?"
_ORDERS = any_of(
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
_PAPERS = any_of(
    "cpf cnpj rg dni nie nif cif curp rfc ssn passport pasaporte passaporte",
    r"паспорт\w{0,2} инн снилс",
)
_PHONES = any_of(
    "tel telephone phone mobile cell call whatsapp fone telefone celular ligar teléfono móvil llamar",
    r"тел телефон\w{0,2} моб мобильный звонить звоните",
)
_SECRETS = r"password|passwd|senha|contrasena|clave|pin|puk|token|api\skey|" + fold("пароль")
_BEFORE = (
    r"rua|avenida|av\.?|travessa|praca|alameda|rodovia|estrada|calle|c/|plaza|paseo|carrera|camino|"
    + any_of(
        r"ул\. ул улиц[аеуы] проспект\w? пр-т\.? переул\w{2,3} пер\. шоссе бульвар\w? б-р набережн\w{2} наб\. пл\. площад\w"
    )
)
_AFTER = "street|st|road|rd|avenue|ave|lane|ln|boulevard|blvd|terrace|crescent"
_WORD = r"[\w.'-]{1,25}"
_ROOM = (
    r"(?:[,\s/-]{1,3}(?:apto?|ap|apartamento|bloco|bl|sala|piso|puerta|flat|apt|suite|unit|"
    + any_of("кв квартира корп корпус стр офис")
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
        tells_much,
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
        is_serial,
    ),
    Pattern("card", re.compile(r"(?<![\d+.-])(?<!\d\s)\d(?:[ -]?\d){12,18}(?!\d)"), is_card),
    Pattern(
        "identity",
        re.compile(r"(?<![\d.])\d{3}\.\d{3}\.\d{3}-\d{2}(?!\d)|(?<![\d+.-])\d{11}(?![\d.-])"),
        is_cpf,
    ),
    Pattern(
        "identity",
        re.compile(
            r"(?<![\w.])[a-z\d]{2}\.[a-z\d]{3}\.[a-z\d]{3}/[a-z\d]{4}-\d{2}(?!\d)|(?<![\d+.-])\d{14}(?![\d.-])"
        ),
        is_cnpj,
    ),
    Pattern("identity", re.compile(r"(?<![\w-])(?:\d{8}|[xyz]-?\d{7})-?[a-z](?![\w-])"), is_dni),
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
        is_ip,
    ),
    Pattern("network", re.compile(r"(?<![\w:.])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:])"), is_ip6),
    Pattern("serial", re.compile(r"(?<!\w)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?!\w)")),
    Pattern(
        "serial",
        re.compile(r"(?<![\w/.:@=-])[a-z0-9]{2,30}(?:-[a-z0-9]{2,20}){0,5}(?![\w/@=-])"),
        is_printed_serial,
    ),
    Pattern(
        "secret",
        re.compile(rf"(?<!\w)(?:{_SECRETS})(?:\s(?:is|e|es))?\s?[:=]\s?(?P<value>[^\s\[]\S{{2,99}})"),
    ),
    Pattern("secret", re.compile(r"(?<![\w/.@-])[\w-]{20,200}(?![\w/.@-])"), is_key),
    Pattern(
        "order",
        re.compile(
            rf"(?<!\w)(?:{_ORDERS})(?!\w){_NO}(?P<value>(?:[a-z]{{1,4}}[-/]?)?\d[\da-z/-]{{2,24}})(?![.,]?\w|\s?[%€$£₽])"
        ),
        is_number_of_ours,
    ),
    Pattern("request", re.compile(r"(?<![\w&/])#\d{4,9}(?!\w)")),
    Pattern("phone", re.compile(r"(?<![\w+])(?:\+\s?|00)[1-9](?:[\s().-]{0,2}\d){6,14}(?!\d)"), is_phone),
    Pattern(
        "phone", re.compile(r"(?<![\w+(])(?:[01789]\s?)?\(\d{2,5}\)\s?\d(?:[\s-]?\d){4,9}(?!\d)"), is_phone
    ),
    Pattern(
        "phone",
        re.compile(
            rf"(?<!\w)(?:{_PHONES})(?!\w)(?:\s(?:me|us|number|at|on|is|me\sat|para|al?|no|{fold('номер')}))?[\s:.]{{0,3}}(?P<value>\+?\(?\d(?:[\s().-]{{0,2}}\d){{5,14}})(?!\d)"
        ),
        is_told_phone,
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
        is_phone,
    ),
    Pattern(
        "address",
        re.compile(
            rf"(?<!\w)(?:{_BEFORE})\s{{0,2}}(?P<street>{_WORD}(?:\s{_WORD}){{0,5}}?)(?P<after>(?!))?,?\s"
            rf"(?:(?:no?\.?|{fold('д')}\.?|{fold('дом')})\s?)?\d{{1,5}}[^\W\d_]?(?![\w%.]){_ROOM}{_TOWN}"
        ),
        has_capital,
    ),
    Pattern(
        "address",
        re.compile(
            rf"(?<![\w.])\d{{1,5}}[a-z]?,?\s(?P<street>{_WORD}(?:\s{_WORD}){{0,2}}?)\s(?P<after>{_AFTER})(?!\w)\.?{_ROOM}{_TOWN}"
        ),
        has_capital,
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
            if is_iban(letters) and not folded.words[end : end + 1].isalnum():
                yield found.start(), end
                break


def found_by_pattern(folded: Folded) -> Iterator[tuple[str, Span]]:
    """(kind, place in the folded words) of all that its form tells of."""
    for span in ibans(folded):
        yield "account", span
    for pattern in PATTERNS:
        for span in pattern.find(folded):
            yield pattern.kind, span
