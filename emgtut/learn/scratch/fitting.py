"""From features to predictions: scaling, components, clusters, ridge, folds."""
# mypy: allow-untyped-defs, allow-incomplete-defs
# Written as one writes in an interview; shapes and units stand in the docstrings.

import numpy as np


def standardise_fit(X):
    """Measure what standardising needs, on the rows that may set it.

    Parameters
    ----------
    X : ndarray of shape (n, features)
        Training rows.

    Returns
    -------
    mean, scale : ndarray of shape (features,)
        Of each column; the scale of a constant column is 1.

    Notes
    -----
    ``scale = sqrt(mean((X - mean)**2))``. Rounding gives a constant column a scale of about 1e-17,
    so its range is asked.

    Examples
    --------
    >>> mean, scale = standardise_fit(np.array([[0.0, 5.0], [2.0, 5.0]]))
    >>> mean.tolist(), scale.tolist()
    ([1.0, 5.0], [1.0, 1.0])
    """
    return X.mean(axis=0), np.where(np.ptp(X, axis=0) > 0, X.std(axis=0), 1.0)


def standardise_apply(X, mean, scale):
    """Standardise rows, one or many, with what was measured elsewhere.

    Parameters
    ----------
    X : ndarray of shape (n, features)
        Rows.
    mean, scale : ndarray of shape (features,)
        From the training rows.

    Returns
    -------
    ndarray of shape (n, features)
        ``(X - mean) / scale``.

    Examples
    --------
    >>> standardise_apply(np.array([[4.0, 5.0]]), np.array([1.0, 5.0]), np.array([2.0, 1.0]))
    array([[1.5, 0. ]])
    """
    return (X - mean) / scale


def pca(X, k):
    """Find the k directions along which rows vary most.

    Parameters
    ----------
    X : ndarray of shape (n, features)
        Rows.
    k : int
        Number of directions, 1 to ``min(n, features)``, else ``ValueError``.

    Returns
    -------
    mean : ndarray of shape (features,)
        Of the columns.
    components : ndarray of shape (k, features)
        Orthonormal rows; the largest absolute entry of each is positive.
    ratio : ndarray of shape (k,)
        Share of the variance along each.

    Notes
    -----
    ``X - mean = U diag(s) V'``: directions are rows of ``V'``, shares ``s**2 / sum(s**2)``.
    O(n p min(n, p)), with memory for ``min(n, p)`` directions only.

    Examples
    --------
    >>> mean, components, ratio = pca(np.array([[0.0, 1.0], [2.0, 1.0], [4.0, 1.0]]), k=1)
    >>> mean.tolist(), np.abs(components).tolist(), ratio.tolist()
    ([2.0, 1.0], [[1.0, 0.0]], [1.0])
    """
    if not 1 <= k <= min(X.shape):
        raise ValueError(f"k is {k}; use 1 to {min(X.shape)}")
    mean = X.mean(axis=0)
    _, s, components = np.linalg.svd(X - mean, full_matrices=False)
    components = components[:k]
    largest = components[np.arange(k), np.abs(components).argmax(axis=1)]
    return mean, components * np.sign(largest)[:, None], s[:k] ** 2 / np.sum(s**2)


def kmeans(X, k, seed=0, n_iter=100):
    """Cluster rows around k centres, from a k-means++ start.

    Parameters
    ----------
    X : ndarray of shape (n, features)
        Rows.
    k : int
        Number of clusters.
    seed : int
        Same seed, same answer.
    n_iter : int
        Most rounds of assigning and moving.

    Returns
    -------
    centres : ndarray of shape (k, features)
        Mean of each cluster; an empty cluster keeps the centre it had.
    labels : ndarray of int, shape (n,)
        Nearest centre of each row.
    inertia : float
        Sum of squared distances to it.

    Notes
    -----
    k-means++ draws the next centre with probability proportional to the squared distance to the
    nearest one. ``|x - c|**2 = |x|**2 - 2 x c + |c|**2`` needs no (n, k, features) array.

    Examples
    --------
    >>> centres, labels, inertia = kmeans(np.array([[0.0], [1.0], [10.0], [11.0]]), k=2)
    >>> sorted(centres.ravel().tolist()), inertia
    ([0.5, 10.5], 1.0)
    """
    rng = np.random.default_rng(seed)
    middle = X.mean(axis=0)
    X = X - middle  # small numbers, exact distances

    def squares(centres):
        found = (X**2).sum(1)[:, None] - 2 * X @ centres.T + (centres**2).sum(1)
        return np.maximum(found, 0)

    centres = X[[rng.integers(len(X))]]
    while len(centres) < k:
        near = squares(centres).min(axis=1)
        chance = near / near.sum() if near.sum() > 0 else None
        centres = np.vstack([centres, X[rng.choice(len(X), p=chance)]])
    for _ in range(n_iter):
        labels, before = squares(centres).argmin(axis=1), centres.copy()
        for j in np.unique(labels):
            centres[j] = X[labels == j].mean(axis=0)
        if np.array_equal(before, centres):
            break
    labels = squares(centres).argmin(axis=1)
    return centres + middle, labels, float(((X - centres[labels]) ** 2).sum())


def ridge_fit(X, Y, alpha):
    """Fit all targets at once, with a penalty on the weights and none on the intercept.

    Parameters
    ----------
    X : ndarray of shape (n, features)
        Rows.
    Y : ndarray of shape (n, targets)
        Targets.
    alpha : float
        Penalty, 0 or more.

    Returns
    -------
    W : ndarray of shape (features, targets)
        Weights.
    b : ndarray of shape (targets,)
        Intercepts: a prediction is ``X @ W + b``.

    Notes
    -----
    Minimises ``|Y - X W - b|**2 + alpha |W|**2``. With centred ``A = U diag(s) V'`` and ``B``:
    ``W = V diag(s / (s**2 + alpha)) U' B`` and ``b = mean(Y) - mean(X) W``. The normal equations
    ``(A'A + alpha I) W = A'B`` give the same and square the condition number.

    Examples
    --------
    >>> W, b = ridge_fit(np.array([[0.0], [1.0], [2.0]]), np.array([[1.0], [3.0], [5.0]]), alpha=0)
    >>> W.round(6).tolist(), b.round(6).tolist()
    ([[2.0]], [1.0])
    """
    u, s, vt = np.linalg.svd(X - X.mean(axis=0), full_matrices=False)
    real = s > s.max() * max(X.shape) * np.finfo(float).eps
    factor = np.where(real, s, 0) / np.where(real, s**2 + alpha, 1)
    W = vt.T @ (factor[:, None] * (u.T @ (Y - Y.mean(axis=0))))
    return W, Y.mean(axis=0) - X.mean(axis=0) @ W


def blocked_folds(starts, width, n_folds, gap):
    """Split windows into blocks of time, with a gap around each tested one.

    Parameters
    ----------
    starts : ndarray of int, shape (n,)
        First sample of each window, ascending.
    width : int
        Length of a window, in samples.
    n_folds : int
        Number of blocks, 1 to ``n``, else ``ValueError``.
    gap : int
        Fewest samples between what a training window and a tested one touch.

    Returns
    -------
    list of tuple of ndarray of int
        ``(train, test)`` for each block: indices of windows.

    Notes
    -----
    A window touches ``[s, s + width)``. It may train if it ends ``gap`` before the block begins
    or begins ``gap`` after the block ends.

    Examples
    --------
    >>> for train, test in blocked_folds(np.arange(0, 60, 10), width=10, n_folds=3, gap=10):
    ...     print(train, test)
    [3 4 5] [0 1]
    [0 5] [2 3]
    [0 1 2] [4 5]
    """
    starts = np.asarray(starts)
    if not 1 <= n_folds <= len(starts):
        raise ValueError(f"n_folds is {n_folds} for {len(starts)} windows; use 1 to that number")
    folds = []
    for test in np.array_split(np.arange(len(starts)), n_folds):
        before = starts + width + gap <= starts[test[0]]
        after = starts >= starts[test[-1]] + width + gap
        folds.append((np.flatnonzero(before | after), test))
    return folds


def cross_val_predict(X, Y, folds, alpha):
    """Predict each tested row by a model that never saw its fold.

    Parameters
    ----------
    X : ndarray of shape (n, features)
        Rows.
    Y : ndarray of shape (n, targets)
        Targets.
    folds : list of tuple of ndarray of int
        ``(train, test)``.
    alpha : float
        Penalty of the ridge.

    Returns
    -------
    ndarray of shape (n, targets)
        Predictions; NaN in rows that no fold tests.

    Notes
    -----
    Mean, scale and weights come from the training rows of a fold, for each fold anew.

    Examples
    --------
    >>> X = np.arange(4.0)[:, None]
    >>> folds = [(np.array([0, 1]), np.array([2, 3])), (np.array([2, 3]), np.array([0, 1]))]
    >>> cross_val_predict(X, 2 * X, folds, alpha=0).round(6).ravel().tolist()
    [0.0, 2.0, 4.0, 6.0]
    """
    found = np.full(Y.shape, np.nan)
    for train, test in folds:
        mean, scale = standardise_fit(X[train])
        W, b = ridge_fit(standardise_apply(X[train], mean, scale), Y[train], alpha)
        found[test] = standardise_apply(X[test], mean, scale) @ W + b
    return found
