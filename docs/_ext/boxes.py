"""Find the boxes (admonitions) in the text of a lesson."""

import re
import textwrap
from dataclasses import dataclass

_OPENS = re.compile(r"^( *)\.\. (admonition|tip|hint|important|seealso):: ?(.*)$")
_OPTION = re.compile(r"^:([\w-]+): *(.*)$")


@dataclass(frozen=True)
class Box:
    """One admonition.

    Attributes
    ----------
    title : str
        What stands on it.
    options : dict of str to str
        Its options, such as ``class`` and ``collapsible``.
    body : str
        What is in it, dedented.
    indent : str
        The blanks in front of it.
    """

    title: str
    options: dict[str, str]
    body: str
    indent: str = ""

    @property
    def kinds(self) -> list[str]:
        """Its classes: objectives, predict, mistake, exercise, hint, solution, recap, answer."""
        return self.options.get("class", "").split()

    @property
    def n_lines(self) -> int:
        """Lines it takes in the script: opening, options, a blank one, and what is in it."""
        return 2 + len(self.options) + len(self.body.splitlines())

    @property
    def closed(self) -> bool:
        """Whether it has to be opened to be read."""
        return self.options.get("collapsible") == "closed"


def split(text):
    """Split text into lines and boxes.

    Parameters
    ----------
    text : str
        reStructuredText.

    Returns
    -------
    list of str or Box
        Lines outside boxes, and the outermost boxes, in order.
    """
    lines, parts = text.splitlines(), []
    while lines:
        line = lines.pop(0)
        opened = _OPENS.match(line)
        if not opened:
            parts.append(line)
            continue
        indent, directive, title = opened.groups()
        inside = []
        while lines and (not lines[0].strip() or lines[0].startswith(indent + " ")):
            inside.append(lines.pop(0))
        body = textwrap.dedent("\n".join(inside)).splitlines()
        options = {} if directive == "admonition" else {"class": directive}
        while body and (option := _OPTION.match(body[0])):
            options[option[1]] = option[2].strip()
            body.pop(0)
        title = title if directive == "admonition" else directive.capitalize()
        parts.append(Box(title, options, "\n".join(body).strip("\n"), indent))
    return parts


def every(text):
    """Return all boxes in a text, each followed by those inside it.

    Parameters
    ----------
    text : str
        reStructuredText.

    Returns
    -------
    list of Box
        Outer boxes before inner ones, in order.
    """
    found = []
    for part in split(text):
        if isinstance(part, Box):
            found += [part, *every(part.body)]
    return found
