"""What can be fetched."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RemoteSet:
    """A set of sessions that can be downloaded as one tar.

    Parameters
    ----------
    title : str
        What it is called.
    url, sha256 : str
        Where the tar is, and its hash.
    size : int
        Size of the tar, in bytes.
    folder : str
        The folder that the sessions lie in, in the tar and in the cache.
    session : str
        What all file names begin with, up to ``-recording-``.
    recordings : int
        How many recordings there should be, numbered from 1, each left and right.
    metadata_url, metadata_md5 : str
        Where ``metadata.csv`` is by itself, and its hash.
    metadata_size : int
        Its size, in bytes.
    licence, citation : str
        What a user has to know.
    """

    title: str
    url: str
    sha256: str
    size: int
    folder: str
    session: str
    recordings: int
    metadata_url: str
    metadata_md5: str
    metadata_size: int
    licence: str
    citation: str


_BASE = "https://fb-ctrl-oss.s3.amazonaws.com/emg2pose"

#: One session of one user of emg2pose: 15 recordings, left and right.
MINI = RemoteSet(
    title="emg2pose mini set",
    url=f"{_BASE}/emg2pose_dataset_mini.tar",
    sha256="d7400e98508ccbb2139c2d78e552867b23501f637456546fd6680f3fe7fec50d",
    size=647_198_208,
    folder="emg2pose_dataset_mini",
    session="2022-12-06-1670313600-e3096-cv-emg-pose-train@2",
    recordings=15,
    metadata_url=f"{_BASE}/emg2pose_metadata.csv",
    metadata_md5="c3f48fd51576fa7752d455f2751c8b99",
    metadata_size=5_674_462,
    licence="CC BY-NC-SA 4.0 (name the source, no commercial use, share alike)",
    citation=(
        "Salter et al. (2024), emg2pose: A Large and Diverse Benchmark for Surface "
        "Electromyographic Hand Pose Estimation, NeurIPS Datasets and Benchmarks, arXiv:2412.02725"
    ),
)
