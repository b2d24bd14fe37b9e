"""Made-up text in the words of a help desk: repeatable, and different each time."""

from random import Random

USUAL = """
the router is not to a of and we it in on my device light network address cable password after for with again
update page mail domain hosting account bill invoice order port switch signal access point wireless channel
firmware restart reset button power supply office guest login server certificate record zone name backup restore
file folder limit speed slow connection tunnel gateway firewall rule client phone laptop printer camera monitor
browser error message warning number list menu setting option default manual automatic version release package
delivery return refund card payment receipt tax company contract month year date hour minute morning evening
customer agent team colleague manager address street city country language question answer request ticket support
green orange red blue blinking steady dark bright left right front back upper lower first second third last next
open close start stop wait check choose enter save send receive connect disconnect install remove replace change
move copy delete create rename share sync test measure compare confirm cancel repeat try follow read write call
before during while until because although however therefore still already never always often sometimes only also
here there everywhere nothing something anything everybody nobody another several both each every many few more
most less least better worse same different similar new old current previous important simple difficult strange
normal quick long short high low full empty free busy ready broken missing wrong correct known unknown public
private internal external local remote static dynamic temporary permanent wired mesh antenna band roaming lease
subnet bridge trunk queue packet route table peer key secret token session cookie cache proxy mirror storage quota
"""
WORDS = USUAL.split()
WEIGHTS = [1 / (place + 3) for place in range(len(WORDS))]  # a few words are most of what people write


class Writer:
    """Writes text from a seed."""

    def __init__(self, seed: int) -> None:
        self.dice = Random(seed)

    def words(self, count: int) -> str:
        """So many words in a row."""
        return " ".join(self.dice.choices(WORDS, WEIGHTS, k=count))

    def sentence(self) -> str:
        return self.words(self.dice.randint(6, 14)).capitalize() + "."

    def paragraph(self, sentences: int) -> str:
        return " ".join(self.sentence() for _ in range(sentences))

    def title(self) -> str:
        """What an article or a request is called, with a number so that it is the only one."""
        return f"{self.words(5).capitalize()} {self.dice.randint(100, 99_999)}"

    def message(self) -> str:
        """Markdown as a customer or an agent writes it, 20 to 60 words."""
        text = self.paragraph(self.dice.randint(1, 3))
        if self.dice.random() < 0.3:  # noqa: PLR2004 -- three in ten make a list
            text += (
                f"\n\n- {self.sentence()}\n- **{self.words(3)}** and `{self.words(1)}`\n- {self.sentence()}"
            )
        return f"{text}\n\n{self.paragraph(1)}"

    def article(self) -> str:
        """Markdown of an article: headings, steps, a hint, a table, code; about 350 words."""
        parts = [self.paragraph(3)]
        for _ in range(4):
            parts += [f"## {self.words(4).capitalize()}", self.paragraph(3)]
        parts.insert(4, "\n".join(f"{n}. {self.sentence()}" for n in range(1, 6)))
        parts.insert(7, f"> [!TIP]\n> {self.sentence()}")
        rows = "\n".join(f"| {self.words(2)} | {self.words(3)} |" for _ in range(4))
        parts.insert(9, f"| What | Where |\n|---|---|\n{rows}")
        parts.append(f"```ini\n[{self.words(1)}]\nname = {self.words(1)}\nport = 51820\n```")
        return "\n\n".join(parts)
