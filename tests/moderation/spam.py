"""Scripts that spam: families that have little in common, so that no single rule stops them all."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Shot:
    """One post of a script: how long its form was open (None: it never asked for one), and what it filled in."""

    title: str
    body: str
    seconds: float | None = 0.4
    trapped: bool = False
    picture: bytes = b""


@dataclass(frozen=True)
class Family:
    """Accounts that run one script.

    Attributes:
        script: makes the posts of one account.
        days: how old the account is at its first post.
        pace: time between two posts of one account.
    """

    name: str
    script: Callable[[int, random.Random], Iterator[Shot]]
    days: float = 0.0
    pace: timedelta = timedelta(minutes=20)


def _pick(dice: random.Random, *words: str) -> str:
    return dice.choice(words)


def _copied(_account: int, dice: random.Random) -> Iterator[Shot]:
    """One text, a word changed here and there."""
    while True:
        body = (
            f"Hello {_pick(dice, 'friends', 'everyone', 'all', 'dear members')}, I had the same problem for weeks until my cousin told me "
            f"about this {_pick(dice, 'great', 'nice', 'wonderful')} service which repaired everything in one day, and they answer on every "
            f"question very {_pick(dice, 'fast', 'quickly', 'kindly')}. Take a look at https://fix-{dice.randrange(4)}.quickrepair.example/help"
        )
        yield Shot(f"Solved my problem {dice.randrange(9999)}", body, seconds=dice.uniform(5, 90))


def _farm(_account: int, dice: random.Random) -> Iterator[Shot]:
    while True:
        links = "\n".join(
            f"https://{_word(dice)}.{_pick(dice, 'xyz', 'top', 'shop', 'click')}/{_word(dice)}"
            for _ in range(dice.randrange(4, 30))
        )
        yield Shot(f"{_word(dice)} {_word(dice)}", f"Best sites of {_word(dice)}:\n{links}")


def _phones(account: int, dice: random.Random) -> Iterator[Shot]:
    while True:
        number = f"+1 ({dice.choice((800, 844, 888))}) 555-{account:02d}{dice.randrange(10, 99)}"
        shape = dice.choice(
            (number, number.replace(" ", "."), number.replace("(", "").replace(")", "").replace("-", " "))
        )
        brand = _pick(dice, "router", "printer", "antivirus", "e-mail", "airline", "wallet")
        body = f"{_pick(dice, 'Call', 'Dial', 'Ring')} our {brand} experts {_pick(dice, 'now', 'today', 'any time')} {shape}. {_pick(dice, 'Toll free helpline', 'Support number', 'Customer care')} {_word(dice)} day and night."
        yield Shot(f"{brand.capitalize()} customer service {_word(dice)}", body, seconds=dice.uniform(4, 30))


def _trapped(_account: int, dice: random.Random) -> Iterator[Shot]:
    """Fills in every field that it finds, with words that say nothing wrong."""
    while True:
        body = f"I like this {_word(dice)} very much, it gave me {_word(dice)} ideas about the {_word(dice)} of my own."
        yield Shot(f"Nice {_word(dice)}", body, seconds=20, trapped=True)


def _drip(account: int, dice: random.Random) -> Iterator[Shot]:
    """Patient: one post in most of a day, each of other words, with one link to one of its sites."""
    openings = (
        "Moving my office last spring",
        "While comparing providers",
        "As somebody who travels a lot",
        "Reading through the answers here",
        "After two years with the same box",
        "My neighbour, an electrician,",
    )
    turns = (
        "I noticed how little the manuals say about it",
        "we found that most advice is out of date",
        "it turned out that the price makes no difference",
        "there was one page that explained it well",
    )
    while True:
        site = f"home{account}-{dice.randrange(3)}.linkhub.example"
        body = f"{dice.choice(openings)} {dice.choice(turns)}; {_word(dice)} and {_word(dice)} matter more than people think. The best overview is https://{site}/{_word(dice)}"
        yield Shot(f"About {_word(dice)} and {_word(dice)}", body, seconds=dice.uniform(40, 400))


def _pictures(account: int, dice: random.Random) -> Iterator[Shot]:
    """A picture with the advertisement in it, and next to no words."""
    while True:
        picture = b"\x89PNG\r\n\x1a\n" + bytes([account % 250, dice.randrange(3)]) * 200
        yield Shot(
            _pick(dice, "Look", "Wow", "New", "Super", "Hot"),
            _pick(dice, "!", "look", "see here", ":)"),
            seconds=dice.uniform(3, 20),
            picture=picture,
        )


def _flood(account: int, dice: random.Random) -> Iterator[Shot]:
    """One account, topic after topic, as fast as it can."""
    while True:
        body = f"Earn {dice.randrange(100, 999)} dollars each day from home. Guaranteed income, no risk, crypto trading for everybody. Ask {_pick(dice, 'Telegram', 'WhatsApp')} @profit{account}{_word(dice)}"
        yield Shot(f"{_word(dice)} income {dice.randrange(999)}", body, seconds=None)


def _crowd(_account: int, dice: random.Random) -> Iterator[Shot]:
    """Many accounts, nearly the same words, no link at all."""
    while True:
        yield Shot(
            f"My honest opinion {dice.randrange(99)}",
            f"I can only {_pick(dice, 'recommend', 'advise')} Brightnet to all of you, since I changed to Brightnet my family has had no trouble at all with "
            f"the connection and it costs half of what we {_pick(dice, 'paid', 'had')} before, just search for Brightnet and see for yourself what they offer",
            seconds=dice.uniform(15, 200),
        )


def _unseen(_account: int, dice: random.Random) -> Iterator[Shot]:
    """Words that a filter does not find: unseen signs, letters of other alphabets, letters apart."""
    hide: tuple[Callable[[str], str], ...] = (
        "\u200b".join,
        lambda word: word.replace("o", "о").replace("a", "а").replace("e", "е"),
        " ".join,
        ".".join,
        "\u2060".join,
    )
    while True:
        tricky = dice.choice(hide)
        yield Shot(
            f"{_word(dice)} {tricky('bonus')}",
            f"The {tricky('casino')} with the best {tricky('jackpot')} for {_word(dice)} players, {tricky('register')} and win",
            seconds=dice.uniform(5, 60),
        )


def _disguised(account: int, dice: random.Random) -> Iterator[Shot]:
    """Links that hide where they lead."""
    while True:
        bad = f"https://login{account}.evil-{_word(dice)}.example/in"
        link = dice.choice((
            f"[https://help.lindwire.example/account]({bad})",
            f"https://lindwire.example@evil-{_word(dice)}.example/{_word(dice)}",
            f"https://bit.ly/{_word(dice)}",
            f"https://xn--pypal-4ve.com/{_word(dice)}",
            f"https://www.google.com/url?q={bad}",
            f"http://{dice.randrange(1, 200)}.{dice.randrange(200)}.1.9/{_word(dice)}",
        ))  # fmt: skip
        yield Shot(
            f"Your account {_word(dice)}",
            f"We found a problem with the {_word(dice)} of your account, please confirm it here: {link}",
            seconds=dice.uniform(10, 90),
        )


def _sleepers(account: int, dice: random.Random) -> Iterator[Shot]:
    """Old accounts that sell: fluent, patient, in four languages, each with its own site."""
    pitches = (
        (
            "Empréstimo sem consulta",
            "Consegui um empréstimo em dez minutos, sem burocracia, com lucro garantido para quem investe. Veja em",
        ),
        (
            "Préstamos en un día",
            "Préstamos rápidos y apuestas con ganancias seguras, sin papeles. Todo explicado en",
        ),
        (
            "Быстрый займ",
            "Займы на карту за пять минут и ставки с гарантией выигрыша, доход от десяти тысяч в день. Подробности на",
        ),
        (
            "Casino night",
            "The casino pays a bonus to new players and the jackpot is bigger than any lottery. Find it at",
        ),
    )
    while True:
        title, pitch = dice.choice(pitches)
        yield Shot(
            f"{title} {_word(dice)}",
            f"{pitch} https://{_word(dice)}{account}.example/{_word(dice)}",
            seconds=dice.uniform(30, 300),
        )


_SYLLABLES = "ba be bi bo ca co da de di fa fe ga go la le li lo ma me mi mo na ne no pa pe po ra re ri ro sa se si so ta te ti to va ve vi zo".split()  # noqa: SIM905 -- read as a line


def _word(dice: random.Random) -> str:
    return "".join(dice.choices(_SYLLABLES, k=dice.randrange(2, 5)))


FAMILIES = (
    Family("copied", _copied),
    Family("link farm", _farm),
    Family("phones", _phones),
    Family("honeypot", _trapped),
    Family("slow drip", _drip, days=2, pace=timedelta(hours=20)),
    Family("pictures", _pictures),
    Family("flood", _flood, pace=timedelta(seconds=20)),
    Family("crowd", _crowd, days=2, pace=timedelta(hours=3)),
    Family("unseen", _unseen),
    Family("disguised", _disguised, days=10, pace=timedelta(hours=1)),
    Family("sleepers", _sleepers, days=60, pace=timedelta(hours=6)),
)


def scripts(accounts: int, seed: int) -> list[tuple[Family, Iterator[Shot]]]:
    """So many accounts, spread over the families, each with what it posts."""
    chosen = [FAMILIES[number % len(FAMILIES)] for number in range(accounts)]
    return [
        (one, one.script(number, random.Random(seed * 1000 + number))) for number, one in enumerate(chosen)
    ]
