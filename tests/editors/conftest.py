"""Articles to pin and to find, as the help centre's tests have them."""

from ..kb.conftest import centre, folder, take_over, write

__all__ = ["centre", "folder", "take_over", "write"]
