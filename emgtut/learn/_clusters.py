"""Principal axes and k-means of a table of points, fast and the same each time."""

import warnings

import numpy as np

#: Points that k-means sees; the others join the nearest centre. Of ten times as many points this
#: costs the sum of squared distances about 0.2 %.
_FITTED = 10_000


def principal_axes(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return all axes of centred points, and the share of the variance along each.

    Parameters
    ----------
    points : ndarray of shape (n_points, n_columns)
        Points whose columns have mean zero.

    Returns
    -------
    axes : ndarray of shape (n_axes, n_columns)
        Unit vectors, the one with the largest variance first.
    share : ndarray of shape (n_axes,)
        Shares of the variance, 0 to 1.
    """
    from sklearn.decomposition import PCA

    # By way of the covariance: exact here, and for many points of few columns the fastest.
    pca = PCA(svd_solver="covariance_eigh").fit(points)
    return pca.components_, pca.explained_variance_ratio_


def find_centers(scores: np.ndarray, n_clusters: int, n_init: int, seed: int) -> np.ndarray:
    """Return the centres that k-means finds.

    Parameters
    ----------
    scores : ndarray of shape (n_points, n_components)
        Points.
    n_clusters, n_init, seed : int
        As for `emgtut.explore`.

    Returns
    -------
    ndarray of shape (n_clusters, n_components)
        Centres, in no particular order.
    """
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning
    from threadpoolctl import threadpool_limits

    if len(scores) > _FITTED:
        rng = np.random.default_rng(seed)
        scores = scores[np.sort(rng.choice(len(scores), _FITTED, replace=False))]
    # One thread: so few points are not worth several, and where cores are shared their waiting
    # for each other takes ten times as long as the work.
    with warnings.catch_warnings(), threadpool_limits(1, user_api="openmp"):
        warnings.simplefilter("error", ConvergenceWarning)
        try:
            fitted = KMeans(n_clusters, n_init=n_init, random_state=seed % 2**32).fit(scores)
        except ConvergenceWarning as warning:
            raise ValueError(
                f"n_clusters is {n_clusters}, but fewer points differ; pass fewer clusters"
            ) from warning
    return fitted.cluster_centers_


def nearest(scores: np.ndarray, centers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the nearest centre of each point, and the squared distance to it.

    Parameters
    ----------
    scores : ndarray of shape (n_points, n_components)
        Points.
    centers : ndarray of shape (n_clusters, n_components)
        Centres.

    Returns
    -------
    labels : ndarray of int, shape (n_points,)
        Numbers of centres.
    squares : ndarray of shape (n_points,)
        Squared distances.
    """
    distances = (centers**2).sum(axis=1) - 2 * scores @ centers.T
    labels = distances.argmin(axis=1)
    to_center = scores - centers[labels]
    return labels, np.einsum("ij,ij->i", to_center, to_center)


def means_of(values: np.ndarray, labels: np.ndarray, n: int) -> np.ndarray:
    """Return the mean of the values that carry each label.

    Parameters
    ----------
    values : ndarray of shape (n_points,)
        Values.
    labels : ndarray of int, shape (n_points,)
        Labels, 0 to ``n - 1``.
    n : int
        How many labels there are.

    Returns
    -------
    ndarray of shape (n,)
        Means; 0 for a label that does not occur.
    """
    return np.bincount(labels, values, n) / np.maximum(np.bincount(labels, minlength=n), 1)
