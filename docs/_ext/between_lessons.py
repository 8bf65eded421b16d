"""What sphinx-gallery calls before and after each lesson, so that none changes the next."""


def reset(gallery_conf, fname):
    """Set back what a lesson may have changed, in the process that runs it.

    Parameters
    ----------
    gallery_conf : dict
        Configuration of the gallery.
    fname : str
        The lesson that is about to run, or has run.
    """
    import mne
    import numpy as np

    mne.set_log_level("WARNING")
    mne.viz.set_browser_backend("matplotlib", verbose="ERROR")
    np.set_printoptions(
        edgeitems=3,
        formatter=None,
        infstr="inf",
        linewidth=75,
        nanstr="nan",
        precision=8,
        suppress=False,
        threshold=1000,
    )
