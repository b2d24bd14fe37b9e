"""What can be changed, part by part: each has a form of its own and an address under /admin/company."""

from .forms import AnswersForm, LanguagesForm, LookForm, SenderForm, ValuesForm
from .hours import HoursForm

FORMS: dict[str, type[ValuesForm]] = {
    "look": LookForm,
    "languages": LanguagesForm,
    "hours": HoursForm,
    "answers": AnswersForm,
    "sender": SenderForm,
}
