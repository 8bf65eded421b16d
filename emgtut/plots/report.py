"""One self-contained HTML page with figures, tables and words."""

from pathlib import Path

import matplotlib.pyplot as plt
import mne
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from emgtut import _checks
from emgtut.sessions.writer import beside

_CSS = """
#filter-by-tags-dropdown-menu, .navbar-brand img, .badge { display: none !important; }
.accordion-body figure img { max-width: 100%; height: auto; }
table th { padding-right: 1.5em; vertical-align: top; }
p { max-width: 46em; }
"""


class Report:
    """Figures and words collected on the way, written as one page and as PNG files.

    Nothing on the page is fetched from anywhere: it can be sent to somebody as one file.

    Parameters
    ----------
    title : str
        Title of the page.
    folder : pathlib.Path
        Folder for the page and the figures; made if it is not there.
    """

    def __init__(self, title: str, folder: Path) -> None:
        self.folder = folder
        _checks.make_folder(folder)
        self._page = mne.Report(title=_printable(title), verbose="error")
        self._page.add_custom_css(_CSS)

    def add_words(self, section: str, title: str, html: str) -> None:
        """Add text, as HTML, under a heading.

        Parameters
        ----------
        section, title : str
            Where it goes and what it is called.
        html : str
            The text.
        """
        self._page.add_html(_printable(html), title=title, section=section)

    def add_figure(
        self, section: str, title: str, drawn: Figure | Axes, caption: str, *, name: str
    ) -> None:
        """Add a figure, keep it as a PNG file too, and close it.

        Parameters
        ----------
        section, title : str
            Where it goes and what it is called.
        drawn : matplotlib.figure.Figure or matplotlib.axes.Axes
            The figure, or axes on it.
        caption : str
            What to look for.
        name : str
            Name of the PNG file, without its ending.
        """
        figure = drawn if isinstance(drawn, Figure) else drawn.figure.get_figure(root=True)
        with beside(self.folder / f"{name}.png") as part:
            figure.savefig(part, format="png", dpi=110)
        self._page.add_figure(
            figure, title=title, caption=caption, section=section, image_format="png"
        )
        plt.close(figure)

    def save(self) -> Path:
        """Write the page and return its path: the old page stays until the new one is whole.

        Returns
        -------
        pathlib.Path
            ``report.html`` in the folder.
        """
        path = self.folder / "report.html"
        with beside(path) as part:
            self._page.save(
                part, open_browser=False, overwrite=True, sort_content=False, verbose="error"
            )
        return path


def _printable(text: str) -> str:
    """Return text with what is no character, as file names may hold, written as escapes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
