"""What forms have in common."""

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms.form import Form
from wtforms.validators import Length


class PartOfForm(Form):
    """A group of fields inside a form; its messages come in the language of the page, too."""

    class Meta(FlaskForm.Meta):
        """What a whole form has, without a token of its own."""

        csrf = False


def at_most(count: int) -> Length:
    """Refuses a text of more than `count` characters."""
    return Length(max=count, message=lazy_gettext("At most %(max)d characters."))
