"""From a posted form to words in the community, and what becomes of them."""

from collections.abc import Iterable
from hashlib import sha256

from werkzeug.datastructures import FileStorage

from ..people.models import Person
from .actions import profile_of
from .forms import PostForm
from .gate import Verdict, look_at
from .models import Space
from .signs import Sending


def verdict_on(
    form: PostForm, person: Person, space: Space, text: str, files: Iterable[tuple[str, FileStorage]] = ()
) -> Verdict:
    """What becomes of the words of a form.

    Args:
        text: all of the words, title and body.
        files: those that come along, by name.

    Raises:
        Refused: they are not taken; says why.
    """
    digests = [_digest(file) for _name, file in files]
    sending = Sending(form.began.seconds(), bool(form.homepage.data), digests)
    return look_at(person, profile_of(person), space, text, sending)


def _digest(file: FileStorage) -> str:
    """What tells a file from others, whatever it is called."""
    found = sha256()
    while block := file.stream.read(1_000_000):
        found.update(block)
    file.stream.seek(0)
    return found.hexdigest()
