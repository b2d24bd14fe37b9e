"""Public names: what one may hold, and the key by which names that look alike are one."""

import unicodedata
from functools import cache

from ..kit.alike import skeleton
from ..kit.i18n import _

LEAST, MOST = 2, 30
LONGEST_KEY = 80
PUNCTUATION = " .-'’_"
# What kit/alike.py leaves apart, since it looks at words: capitals that read like Latin ones, and more small letters.
_CAPITALS = str.maketrans("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "abezhikmnoptyx")
_MORE = str.maketrans("γσςμωгезпьӏԍүl|ɩ", "yocuwreenbigyiii")
_EASTERN = {"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "IDEOGRAPHIC", "BOPOMOFO"}
# Words by which staff goes, in the languages of the portal: anywhere in a name, or as the whole of a word.
_STAFF = ("administrator", "administrador", "администратор", "admin", "админ", "moderator", "moderador", "модератор", "support", "suporte", "soporte", "поддержка", "helpdesk", "official", "oficial", "официальн")  # fmt: skip
_STAFF_WORDS = ("mod", "staff", "team", "equipe", "equipo", "команда", "system", "sistema", "система", "root", "security", "seguranca", "seguridad")  # fmt: skip
_NAMELESS = ("member", "membro", "miembro", "участник")  # as who chose no name is called, with a number


def plain(name: str) -> str:
    """A name as it is kept: composed, with single spaces; signs that nobody sees are left for problem_with() to tell."""
    return " ".join(unicodedata.normalize("NFKC", name).split(" ")).strip()


def key_of(name: str) -> str:
    """What a name is compared by: without accents, case and punctuation, look-alikes as one; "" for one of no letters."""
    letters = skeleton(unicodedata.normalize("NFKC", name).translate(_CAPITALS)).translate(_MORE)
    kept = "".join(sign for sign in letters if sign.isalnum())
    return kept.replace("rn", "m").replace("vv", "w")[:LONGEST_KEY]


@cache
def _keys(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(key_of, words))


def _alphabets(name: str) -> set[str]:
    return {unicodedata.name(sign, "?").split(" ", 1)[0] for sign in name if sign.isalpha()}


def _imitates_staff(name: str, site: str) -> bool:
    key = key_of(name)
    ours = _keys((*_STAFF, site)) if len(key_of(site)) > LEAST else _keys(_STAFF)
    words = {key_of(word) for word in name.replace("-", " ").replace("_", " ").replace(".", " ").split()}
    whole = _keys(_STAFF_WORDS)
    return any(word in key for word in ours) or key in whole or bool(words & whole)


def _is_nameless(name: str) -> bool:
    word = name.casefold().rstrip("0123456789").rstrip(PUNCTUATION)
    return word != name.casefold() and key_of(word) in _keys(_NAMELESS)


def problem_with(name: str, site: str, *, staff: bool) -> str | None:
    """Why nobody may be called so, in a sentence; None when they may.

    Args:
        name: as plain() gives it.
        site: the name of the portal, which members do not speak for.
        staff: who wants the name is of the staff.
    """
    alphabets = _alphabets(name)
    odd = any(not (unicodedata.category(sign)[0] in "LMN" or sign in PUNCTUATION) for sign in name)
    rules = (
        (
            not LEAST <= len(name) <= MOST,
            _("A name has %(least)d to %(most)d characters.", least=LEAST, most=MOST),
        ),
        (odd, _("Use letters, digits, spaces, points and hyphens: signs that nobody sees mislead others.")),
        (not alphabets or not key_of(name), _("A name has at least one letter.")),
        (
            len(alphabets) > 1 and not alphabets <= _EASTERN,
            _("Use letters of one alphabet: mixed ones can look like somebody else's name."),
        ),
        (_is_nameless(name), _("Those who chose no name are called so. Choose one of your own.")),
        (
            not staff and _imitates_staff(name, site),
            _("This reads as if you spoke for us. Choose another name."),
        ),
    )
    return next((sentence for broken, sentence in rules if broken), None)
