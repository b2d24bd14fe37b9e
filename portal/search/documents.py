"""What features hand in to be found, what is asked, and what comes back."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from ..people.models import Person

PUBLIC = "public"
EVERYBODY = frozenset({PUBLIC})


@dataclass(frozen=True)
class Document:
    """What search holds of a row.

    Attributes:
        locale: one of LANGUAGES, or words.ANY for what customers write in whatever language.
        who: tokens; a reader who has any one of them may find it.
        facets: what a search can be narrowed to, such as "section:wifi" and "tag:vpn".
        lift: from 0 to 1, how new and helpful it is; decides only between documents that answer alike.
    """

    kind: str
    id: int
    locale: str
    title: str
    text: str
    url: str
    heads: str = ""
    summary: str = ""
    tags: tuple[str, ...] = ()
    who: tuple[str, ...] = (PUBLIC,)
    facets: tuple[str, ...] = ()
    lift: float = 0.0


@dataclass(frozen=True)
class Shown:
    """What a page of results says of a document beside title and excerpt."""

    about: str
    icon: str


@dataclass(frozen=True)
class Source:
    """Where a feature's documents come from, and who asks for them.

    Attributes:
        count: how many there are.
        documents: those of some ids, or all.
        tokens: the tokens of Document.who that a person has for this kind.
        shown: of some ids those that the person may see now, asked of the database.
    """

    count: Callable[[], int]
    documents: Callable[[Sequence[int] | None], Iterable[Document]]
    tokens: Callable[[Person | None], frozenset[str]] = lambda _person: EVERYBODY
    shown: Callable[[Person | None, Collection[int]], Mapping[int, Shown]] = lambda _person, _ids: {}


@dataclass(frozen=True)
class Way:
    """How a question is asked.

    Attributes:
        beginning: the last word may be the beginning of one, as while typing.
        as_typed: no word is taken for another.
        facets: only documents that have all of these.
        skip: answers that come before.
        brief: answers have no excerpt.
    """

    beginning: bool = False
    as_typed: bool = False
    facets: frozenset[str] = frozenset()
    skip: int = 0
    brief: bool = False


USUAL = Way()


@dataclass(frozen=True)
class Ask:
    """A question to one language.

    Attributes:
        who: tokens of the reader.
        synonyms: groups of words that mean the same, phrases between commas.
    """

    words: str
    who: frozenset[str] = EVERYBODY
    limit: int = 20
    way: Way = USUAL
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Hit:
    """One answer; title and excerpt are safe HTML with <mark>.

    Attributes:
        score: higher is better; only answers of one question can be compared.
        matched: how many words of the question it holds.
    """

    kind: str
    id: int
    title: Markup
    excerpt: Markup
    url: str
    score: float = 0.0
    matched: int = 0


@dataclass(frozen=True)
class Results:
    """Answers, best first.

    Attributes:
        corrected: the question as it was also understood, when a word that stands nowhere was taken for another.
        share: how much of the question the best answer holds, from 0 to 1, rare words counting more.
        limited: the index cannot be used at the moment.
        total: how many answers there are, these among them.
    """

    hits: tuple[Hit, ...] = ()
    corrected: str | None = None
    share: float = 0.0
    limited: bool = False
    total: int = 0
