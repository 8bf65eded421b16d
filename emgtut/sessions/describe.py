"""A session in words: for the command line, for ``repr`` in a notebook, for a report."""

from html import escape
from typing import TYPE_CHECKING

import numpy as np

from emgtut.sessions import layout
from emgtut.sessions.opening import start_date

if TYPE_CHECKING:
    from emgtut.sessions.emg2pose import Emg2PoseSessionData


def session_facts(session: "Emg2PoseSessionData") -> dict[str, str]:
    """Return what a person wants to know about a session, as labels and values.

    Parameters
    ----------
    session : Emg2PoseSessionData
        An open session; it is read once.

    Returns
    -------
    dict of str to str
        Label and value, with units, in the order to show them.
    """
    found = session.contents
    unit = session.emg_unit
    stated, named = session._sides
    n_runs = len(layout.runs_of(found.solved))
    start = start_date(session.metadata)
    facts = {
        "session": session.session_name,
        "user": session.user,
        "stage": session.stage,
        "side": stated or named or "unknown",
        "start": f"{start:%Y-%m-%d %H:%M:%S} UTC" if start else "unknown",
        "length": f"{len(session)} rows, {session.duration:.3f} s at {session.sample_rate:g} Hz",
        "EMG": (
            f"{session.n_channels} channels, unit {unit}, "
            f"median SD {np.median(found.emg_sd):.3g}, "
            f"99.9 % of samples in {found.emg_low.min():.4g} to {found.emg_high.max():.4g}"
        ),
        "angles": f"{session.n_angles} ({', '.join(session.joint_names[:5])}"
        + (", ...)" if session.n_angles > 5 else ")"),
        "with a pose": (
            f"{100 * found.solved_share:.1f} % of rows, in {n_runs} run{'' if n_runs == 1 else 's'}"
        ),
        "storage": storage_line(session),
    }
    if session.synthetic:
        facts["origin"] = "synthetic: made by emgtut, not recorded"
    # What a file says about itself may hold line ends.
    return {label: " ".join(value.split()) for label, value in facts.items()}


def storage_line(session: "Emg2PoseSessionData") -> str:
    """Return how the rows lie in the file."""
    rows = session.timeseries
    how = "contiguous" if rows.chunks is None else f"chunks of {rows.chunks[0]} rows"
    if rows.compression:
        how += f", {rows.compression}"
    size = session.hdf5_path.stat().st_size
    return f"{rows.dtype.itemsize} bytes a row, {how}, {size / 1e6:.1f} MB"


def session_html(session: "Emg2PoseSessionData") -> str:
    """Return a session as a small HTML table with a strip of its solved stretches.

    Parameters
    ----------
    session : Emg2PoseSessionData
        An open or closed session.

    Returns
    -------
    str
        HTML for a notebook.
    """
    try:
        facts = session_facts(session)
        runs = layout.runs_of(session.contents.solved)
        remarks = session.contents.problems() + session.contents.notes()
    except ValueError as error:
        return f"<p>{escape(str(error))}</p>"
    rows = "".join(
        f"<tr><th style='text-align:left'>{escape(label)}</th>"
        f"<td style='text-align:left'>{escape(value)}</td></tr>"
        for label, value in facts.items()
    )
    scale = 100 / len(session)
    bars = "".join(
        f"<rect x='{a * scale:.3f}' width='{(b - a) * scale:.3f}' height='6' fill='#3b7dd8'/>"
        for a, b in runs
    )
    strip = (
        "<svg role='img' aria-label='stretches with a pose' viewBox='0 0 100 6' width='100%' "
        "height='10' preserveAspectRatio='none' style='max-width:40em'>"
        f"<rect width='100' height='6' fill='#c9ced6'/>{bars}</svg>"
    )
    notes = "".join(f"<li>{escape(remark)}</li>" for remark in remarks)
    return (
        f"<div><strong>Emg2PoseSessionData</strong> <code>{escape(session.hdf5_path.name)}</code>"
        f"<table>{rows}</table>{strip}<br><small>blue: rows with a pose, grey: unsolved</small>"
        f"{f'<ul>{notes}</ul>' if notes else ''}</div>"
    )
