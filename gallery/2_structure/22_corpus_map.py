# emgtut: kind=recipe minutes=5 budget_s=10 data=synthetic network=no
"""
A map of a corpus
=================

Who did what for how long in a folder of sessions, and which cells a model must not be trained on.

**You need:** a folder of :term:`session` files with its ``metadata.csv``.

**Not covered:** scores for each part of the map, which are in
:ref:`sphx_glr_auto_gallery_3_prediction_33_does_it_generalise.py`.
"""

# %%
# A folder and its table
# ----------------------
# The corpus here is a made one of short sessions. With a folder of your own, drop the first line
# and pass its path to :class:`emgtut.Corpus`: the map is drawn from the table alone, and no session
# file is opened.

import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import seaborn as sns

from emgtut import Corpus, make_corpus

with tempfile.TemporaryDirectory() as folder:
    made = make_corpus(Path(folder) / "corpus", n_users=6, n_sessions=50, duration=2)
    corpus = Corpus(made)
print(corpus)
print(corpus.table.groupby("split")[["user", "stage", "filename"]].nunique())

# %%
# The map
# -------
# A cell is what one user did in one :term:`stage`; its number is the seconds of EMG, both hands
# counted. The colour says what a model that was trained on ``none`` has never met there: the user,
# the stage, or both. What is held out comes last; an empty cell was not recorded.

kinds = ["none", "user", "stage", "user_stage"]
table = corpus.table.assign(
    seconds=corpus.table["end"] - corpus.table["start"],
    kind=corpus.table["generalization"].map(kinds.index),
)
users = table.groupby("user")["held_out_user"].first().sort_values(kind="stable").index
stages = table.groupby("stage")["held_out_stage"].first().sort_values(kind="stable")
kind, seconds = (
    table.pivot_table(value, "user", "stage", how).loc[users, stages.index]
    for value, how in (("kind", "first"), ("seconds", "sum"))
)
colours = sns.color_palette("colorblind", len(kinds))
figure, axes = plt.subplots(figsize=(8, 4.2), layout="constrained")
limits = {"vmin": -0.5, "vmax": 3.5, "cmap": colours, "linewidths": 1}
bar = {"label": "new to the model (no unit)", "ticks": range(4)}
sns.heatmap(kind, annot=seconds, fmt=".0f", cbar_kws=bar, ax=axes, **limits)
axes.collections[0].colorbar.set_ticklabels(kinds)
axes.set(title="Seconds of each user in each stage")
axes.set(xlabel="stage (no unit)", ylabel="user (no unit)")
axes.set_xticks(axes.get_xticks(), stages.index, rotation=20, ha="right")
plt.show()

# %%
# One row of the map is a new person, one column a new movement, and the corner where they meet is
# both. A score that pools them answers none of the three questions.
# :meth:`emgtut.Corpus.generalisation` returns the parts by these names, and
# :meth:`emgtut.Corpus.select` the cells of any user or stage. A large corpus is drawn in pieces:
# ``corpus.select(user=corpus.users[:20])``.
