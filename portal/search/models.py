"""Tables of what editors teach search: words that mean the same, and answers that stand first."""

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ..extensions import Model
from ..kit.types import BigId


class Synonym(Model):
    """Words and phrases of a language that mean the same, with commas between."""

    __tablename__ = "synonym"
    __table_args__ = (Index(None, "locale", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    locale: Mapped[str] = mapped_column(String(5))
    words: Mapped[str] = mapped_column(Text)


class Pin(Model):
    """The article that stands first when a question of a language asks for these words."""

    __tablename__ = "pin"
    __table_args__ = (Index(None, "locale", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    locale: Mapped[str] = mapped_column(String(5))
    words: Mapped[str] = mapped_column(Text)  # questions, with commas between
    slug: Mapped[str] = mapped_column(String(80))
