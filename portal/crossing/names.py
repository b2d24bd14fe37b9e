"""What the portal knows of the people of a request, and where it stands in a text."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from .folding import Folded, fold
from .patterns import Span

# Parts of names that are words of every day: alone they are a name only with a capital letter.
ORDINARY = frozenset(
    fold(word)
    for word in [
        "will",
        "mark",
        "rose",
        "hope",
        "may",
        "grace",
        "faith",
        "art",
        "bill",
        "frank",
        "jack",
        "pat",
        "max",
        "ray",
        "rob",
        "sue",
        "dean",
        "earl",
        "guy",
        "john",
        "june",
        "april",
        "august",
        "summer",
        "dawn",
        "joy",
        "page",
        "banks",
        "long",
        "short",
        "young",
        "king",
        "brown",
        "black",
        "white",
        "green",
        "gray",
        "grey",
        "stone",
        "wood",
        "hill",
        "lane",
        "park",
        "west",
        "north",
        "south",
        "day",
        "price",
        "rich",
        "sharp",
        "small",
        "wise",
        "bell",
        "baker",
        "cook",
        "miller",
        "smith",
        "carter",
        "fisher",
        "hunter",
        "sol",
        "luz",
        "flor",
        "rosa",
        "paz",
        "mar",
        "leon",
        "cruz",
        "reyes",
        "ramos",
        "rojas",
        "blanco",
        "moreno",
        "bueno",
        "mayor",
        "santos",
        "silva",
        "costa",
        "lima",
        "rocha",
        "campos",
        "pinto",
        "reis",
        "branco",
        "leite",
        "neves",
        "serra",
        "vera",
        "dia",
        "rey",
        "alegria",
        "gracia",
        "esperanza",
        "dolores",
        "pilar",
        "consuelo",
        "вера",
        "надежда",
        "любовь",
        "роза",
        "лев",
        "слава",
        "мир",
        "свет",
        "новик",
    ]
)
# Between names, and in names of organisations: alone they name nobody.
PARTICLES = frozenset(
    fold(word)
    for word in [
        "dos",
        "das",
        "del",
        "los",
        "las",
        "von",
        "van",
        "der",
        "den",
        "des",
        "the",
        "and",
        "und",
        "ben",
        "bin",
        "ibn",
        "san",
        "mac",
        "inc",
        "ltd",
        "llc",
        "plc",
        "corp",
        "company",
        "group",
        "gmbh",
        "sociedad",
        "limitada",
        "ltda",
        "eireli",
        "ооо",
        "оао",
        "зао",
        "ип",
        "filhas",
        "filhos",
        "hijos",
        "sons",
    ]
)
# What stands before the @ of addresses that are no person's.
OFFICES = frozenset(
    fold(word)
    for word in [
        "info",
        "mail",
        "email",
        "contact",
        "contato",
        "contacto",
        "hello",
        "help",
        "support",
        "suporte",
        "soporte",
        "admin",
        "office",
        "team",
        "service",
        "sales",
        "vendas",
        "ventas",
        "billing",
        "noreply",
        "no-reply",
        "reply",
        "news",
        "post",
        "web",
        "webmaster",
        "postmaster",
        "customer",
        "cliente",
        "test",
        "user",
        "инфо",
        "почта",
    ]
)
_ENDINGS = "|".join(
    sorted(
        map(
            fold,
            [
                "а",
                "я",
                "у",
                "ю",
                "ом",
                "ем",
                "ём",
                "е",
                "и",
                "ы",
                "ой",
                "ей",
                "ою",
                "ею",
                "ь",
                "ью",
                "ов",
                "ев",
                "ам",
                "ям",
                "ами",
                "ями",
                "ах",
                "ях",
                "ого",
                "его",
                "ому",
                "ему",
                "ым",
                "им",
                "ых",
                "их",
                "ую",
                "ая",
            ],
        ),
        key=len,
        reverse=True,
    )
)
LEAST = 3  # letters of a part of a name that is looked for by itself
_LETTERS = re.compile(r"[^\W\d_]+")
_CYRILLIC = re.compile(r"[а-я]{4,}")


@dataclass(frozen=True)
class Known:
    """Names of people and organisations, mail addresses and numbers of requests, as they are stored."""

    names: Iterable[str] = ()
    organisations: Iterable[str] = ()
    addresses: Iterable[str] = ()
    numbers: Iterable[int] = ()


@dataclass
class _Looked:
    """What is looked for: expressions, and by the folded words themselves what each is."""

    looks: set[str] = field(default_factory=set)
    kinds: dict[str, str] = field(default_factory=dict)
    capital: set[str] = field(default_factory=set)  # found only where it is written with a capital letter

    def take(self, words: str, kind: str, *, capital: bool = False) -> None:
        known = " ".join(fold(words).split())
        parts = _LETTERS.findall(known)
        if not parts:
            return
        if known not in self.kinds:
            self.kinds[known] = kind
            if capital:
                self.capital.add(known)
        self.looks.add(r"[\s_.\-]{1,3}".join(map(re.escape, re.split(r"[\s_.\-]+", known))))
        if len(parts) == 1 and _CYRILLIC.fullmatch(known):  # Russian names change their endings
            stem = re.sub("[аеиоуыьэюя]$", "", known)
            self.looks.add(f"{re.escape(stem)}(?:{_ENDINGS})?")

    def take_parts(self, name: str, but: Collection[str] = ()) -> None:
        """Each part of a name that names somebody by itself."""
        for part in _parts(name):
            if fold(part) not in but:
                self.take(part, "name", capital=fold(part) in ORDINARY)


def _look_for(known: Known) -> _Looked:
    looked = _Looked()
    for name in known.names:
        whole = " ".join(fold(name).split())
        alone = len(_LETTERS.findall(whole)) == 1
        looked.take(name, "name", capital=alone and (whole in ORDINARY or len(whole) < LEAST))
        looked.take_parts(name)
    for name in known.organisations:
        looked.take(name, "organisation", capital=fold(name).strip() in ORDINARY)
        for part in _parts(name):
            looked.take(part, "organisation", capital=True)
    for address in known.addresses:
        local = address.partition("@")[0]
        if fold(local) not in OFFICES and len(local) >= LEAST:
            looked.take(local, "name", capital=fold(local) in ORDINARY)
        looked.take_parts(local, OFFICES)
    return looked


def _parts(name: str) -> list[str]:
    """The words of a name that name somebody by themselves."""
    return [part for part in _LETTERS.findall(name) if len(part) >= LEAST and fold(part) not in PARTICLES]


class People:
    """Finds what is known of people in any number of texts."""

    def __init__(self, known: Known) -> None:
        self._looked = _look_for(known)
        looks = sorted(self._looked.looks, key=len, reverse=True)
        self._names = re.compile(rf"(?<![^\W\d_])(?:{'|'.join(looks)})(?![^\W\d_])") if looks else None
        numbers = "|".join(sorted({str(number) for number in known.numbers}))
        self._numbers = re.compile(rf"(?<![\w.,/-])#?(?:{numbers})(?![\w/-]|[.,]\d)") if numbers else None

    def find(self, folded: Folded) -> Iterator[tuple[str, Span]]:
        """(kind, place in the folded words) of names and numbers."""
        for found in self._names.finditer(folded.words) if self._names else ():
            words = " ".join(re.split(r"[\s_.\-]+", found[0]))
            known = self._looked.kinds.get(found[0]) or self._looked.kinds.get(words)
            inflected = known is None
            capital = (inflected or found[0] in self._looked.capital) and " " not in words
            if not capital or folded.typed(found.start(), found.start() + 1)[:1].isupper():
                yield known or "name", found.span()
        for found in self._numbers.finditer(folded.words) if self._numbers else ():
            yield "request", found.span()
