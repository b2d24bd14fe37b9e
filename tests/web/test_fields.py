"""Whatever a form is called upon to hold: rows are filled from fields that we name, never from those that a sender names."""

import re

from ..servers import ROOT

# What takes fields by the names that came with them.
WHOLESALE = re.compile(
    r"populate_obj|\*\*\w*form\.data|\*\*request\.|request\.(?:form|values|args)\.(?:items|lists|to_dict|keys)"
    r"|get_json|request\.json"
)
# Where they are given back to their sender, or looked through by name.
KNOWN = {
    "desk/canned.py": 1,
    "errors.py": 1,
    "kit/forms.py": 1,
    "practice/views.py": 1,
    "web/template_globals.py": 1,
}


def test_no_row_is_filled_with_whatever_a_form_names() -> None:
    """Row 9."""
    found = {}
    for path in sorted((ROOT / "portal").rglob("*.py")):
        count = len(WHOLESALE.findall(path.read_text(encoding="utf-8")))
        if count:
            found[str(path.relative_to(ROOT / "portal"))] = count
    assert found == KNOWN
